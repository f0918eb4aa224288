package dev.oaiproxy.metering.price.book;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens a model takes and gives in one call. What is not billed by tokens has none.
 *
 * @param contextWindow input and output together, null where each has a bound of its own
 * @param maxInputTokens null where only the context window bounds the input
 * @param maxOutputTokens null where only the context window bounds the output; of an image model
 *     the tokens of one image
 * @param images what a picture of its input costs, null where nothing bounds that
 * @param qualities the tokens of one image that it draws in a quality, where these are fewer
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

    /** The largest input that OpenAI takes; 0 when it is not counted in tokens. */
    public long inputTokens() {
        return bound(maxInputTokens);
    }

    /** The largest output of one choice or image; 0 when it is not counted in tokens. */
    public long outputTokens() {
        return bound(maxOutputTokens);
    }

    /**
     * The largest output of one image of a quality.
     *
     * @param quality as a request names it, or null
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
