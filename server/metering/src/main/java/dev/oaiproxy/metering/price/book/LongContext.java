package dev.oaiproxy.metering.price.book;

/**
 * The rates that apply to a whole call if its input is larger than a step.
 *
 * @param aboveInputTokens the largest input, cached tokens included, to which these rates do not
 *     apply
 */
public record LongContext(long aboveInputTokens, RateCard rates) {
    public LongContext {
        if (aboveInputTokens <= 0) {
            throw new IllegalArgumentException("above_input_tokens is " + aboveInputTokens);
        }
    }
}
