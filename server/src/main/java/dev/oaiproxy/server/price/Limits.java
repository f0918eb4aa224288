package dev.oaiproxy.server.price;

import org.jspecify.annotations.Nullable;

/**
 * How many tokens a model takes and gives in one call.
 *
 * @param contextWindow input and output together
 * @param maxInputTokens null where only the context window bounds the input
 * @param maxOutputTokens null where only the context window bounds the output
 */
public record Limits(
        long contextWindow, @Nullable Long maxInputTokens, @Nullable Long maxOutputTokens) {
    public Limits {
        requirePositive("context_window", contextWindow);
        requirePositive("max_input_tokens", maxInputTokens);
        requirePositive("max_output_tokens", maxOutputTokens);
    }

    /** The largest input that OpenAI takes. */
    public long inputTokens() {
        return maxInputTokens == null ? contextWindow : maxInputTokens;
    }

    /** The largest output of one choice. */
    public long outputTokens() {
        return maxOutputTokens == null ? contextWindow : maxOutputTokens;
    }

    private static void requirePositive(String field, @Nullable Long tokens) {
        if (tokens != null && tokens <= 0) {
            throw new IllegalArgumentException(field + " is " + tokens);
        }
    }
}
