package dev.oaiproxy.metering.price.book;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The most tokens that a model reads and writes in one call. A model that is not billed by tokens
 * has no limits.
 *
 * @param contextWindow the limit of input and output together, or null if each has its own
 * @param maxInputTokens the limit of the input, or null if only the context window bounds it
 * @param maxOutputTokens the limit of the output, or null if only the context window bounds it; for
 *     an image model, the tokens of one image
 * @param images the tokens of a picture in the input, or null if nothing bounds them
 * @param qualities the tokens of one drawn image by quality, if these are fewer
 */
public record ModelLimits(
        @Nullable Long contextWindow,
        @Nullable Long maxInputTokens,
        @Nullable Long maxOutputTokens,
        @Nullable ImageInput images,
        Map<String, Long> qualities) {
    public ModelLimits {
        qualities = Map.copyOf(qualities);
        requirePositive("context_window", contextWindow);
        requirePositive("max_input_tokens", maxInputTokens);
        requirePositive("max_output_tokens", maxOutputTokens);
    }

    public ModelLimits(
            @Nullable Long contextWindow,
            @Nullable Long maxInputTokens,
            @Nullable Long maxOutputTokens) {
        this(contextWindow, maxInputTokens, maxOutputTokens, null, Map.of());
    }

    /** The largest input that OpenAI accepts; 0 if it is not counted in tokens. */
    public long inputTokens() {
        return bound(maxInputTokens);
    }

    /** The largest output of one choice or image; 0 if it is not counted in tokens. */
    public long outputTokens() {
        return bound(maxOutputTokens);
    }

    /**
     * The largest output of one image of a quality.
     *
     * @param quality the quality in the request, or null
     */
    public long outputTokens(@Nullable String quality) {
        long most = outputTokens();
        return quality == null ? most : Math.min(most, qualities.getOrDefault(quality, most));
    }

    private long bound(@Nullable Long own) {
        return Objects.requireNonNullElse(own, Objects.requireNonNullElse(contextWindow, 0L));
    }

    private static void requirePositive(String field, @Nullable Long tokens) {
        if (tokens != null && tokens <= 0) {
            throw new IllegalArgumentException(field + " is " + tokens);
        }
    }
}
