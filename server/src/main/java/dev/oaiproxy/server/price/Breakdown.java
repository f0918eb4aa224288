package dev.oaiproxy.server.price;

import dev.oaiproxy.server.money.Usd;

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
    /** All of it. */
    public Usd sum() {
        return input.plus(output).plus(fees);
    }
}
