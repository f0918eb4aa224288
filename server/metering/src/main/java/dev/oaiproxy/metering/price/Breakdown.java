package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Usd;

/**
 * The parts of the most that a call can cost.
 *
 * @param input the cost of the input
 * @param inputTokens the most input tokens
 * @param output the cost of the output
 * @param outputTokens the most output tokens over all choices
 * @param fees the cost beside the tokens of the model: tool calls and the like
 */
public record Breakdown(Usd input, long inputTokens, Usd output, long outputTokens, Usd fees) {
    /** The parts of zero cost. */
    public static final Breakdown NOTHING = new Breakdown(Usd.ZERO, 0, Usd.ZERO, 0, Usd.ZERO);

    /** The parts of a cost that depends only on the length of the input. */
    public static Breakdown ofLength(Usd input) {
        return new Breakdown(input, 0, Usd.ZERO, 0, Usd.ZERO);
    }

    /**
     * The sum of both.
     *
     * @throws ArithmeticException if it is out of range
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
