package dev.oaiproxy.base.metrics;

/**
 * A call that has ended, as it is counted.
 *
 * @param operation its name in the catalogue
 * @param state the lower-case name of its last state
 * @param code the HTTP status of OpenAI's response, 0 for none
 * @param tier the service tier that was priced; empty where none was
 * @param heldNanos its hold, in nano-dollars
 * @param costNanos its cost, in nano-dollars
 * @param inputTokens tokens of the input, cached ones included
 */
public record EndedCall(
        String operation,
        String model,
        String state,
        int code,
        String tier,
        long heldNanos,
        long costNanos,
        long inputTokens,
        long cachedTokens,
        long outputTokens) {
    /** True if it cost more than was held for it. */
    boolean isAboveHold() {
        return costNanos > heldNanos;
    }

    /** True if it was charged, exactly or not. */
    boolean isCharged() {
        return state.equals("charged") || isEstimated();
    }

    /** True if its cost is a guess. */
    boolean isEstimated() {
        return state.equals("estimated");
    }
}
