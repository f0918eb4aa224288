package dev.oaiproxy.metering.price.book;

/**
 * The rates of a whole call whose input is larger than a step.
 *
 * @param aboveInputTokens the largest input, cached tokens included, that these rates spare
 */
public record LongContext(long aboveInputTokens, RateCard rates) {
    public LongContext {
        if (aboveInputTokens <= 0) {
            throw new IllegalArgumentException("above_input_tokens is " + aboveInputTokens);
        }
    }
}
