package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Usd;

/**
 * What the most that a call can cost is made of.
 *
 * @param input what the model reads
 * @param inputTokens the most that it can read
 * @param output what the model writes
 * @param outputTokens the most that it can write, over all choices
 * @param fees what is billed beside the tokens of the model: calls of tools and the like
 */
public record Breakdown(Usd input, long inputTokens, Usd output, long outputTokens, Usd fees) {
    /** The parts of a cost of nothing. */
    public static final Breakdown NOTHING = new Breakdown(Usd.ZERO, 0, Usd.ZERO, 0, Usd.ZERO);

    /** The parts of a cost that the length of the input alone decides. */
    public static Breakdown ofLength(Usd input) {
        return new Breakdown(input, 0, Usd.ZERO, 0, Usd.ZERO);
    }

    /**
     * The parts of both.
     *
     * @throws ArithmeticException when they are out of range
     */
    public Breakdown plus(Breakdown other) {
        return new Breakdown(
                input.plus(other.input),
                Math.addExact(inputTokens, other.inputTokens),
                output.plus(other.output),
                Math.addExact(outputTokens, other.outputTokens),
                fees.plus(other.fees));
    }

    public Usd sum() {
        return input.plus(output).plus(fees);
    }
}
