package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The end of a call, written once in place of its hold.
 *
 * @param id the call
 * @param state {@link CallState#CHARGED}, {@link CallState#RELEASED} or {@link CallState#ESTIMATED}
 * @param reason the reason for the state, or null; has no text of the client
 * @param status the HTTP status of OpenAI's answer, 0 when there was none
 * @param bill its cost and the computation
 */
public record CallOutcome(
        CallId id, CallState state, @Nullable String reason, int status, Instant at, Bill bill) {
    /** Rejects a state that is no end, and a cost of a call that was released. */
    public CallOutcome {
        if (state == CallState.HELD || state == CallState.ADJUSTED) {
            throw new IllegalArgumentException("a call does not end as " + state.label());
        }
        if (bill.cost().isNegative() || (state == CallState.RELEASED && bill.cost().nanos() != 0)) {
            throw new IllegalArgumentException(state.label() + " at " + bill.cost());
        }
    }

    /**
     * A cost and its computation.
     *
     * @param model the model that was priced
     * @param tier the service tier that was priced
     * @param lines the units, quantities and rates, in the price package's text form
     * @param inputTokens tokens of the input, cached ones included
     * @param cachedTokens input tokens that were read from the cache
     * @param priceVersion the version of the price book; empty for the version of the admission
     */
    public record Bill(
            Usd cost,
            String model,
            String tier,
            String lines,
            long inputTokens,
            long cachedTokens,
            long outputTokens,
            String priceVersion) {
        /** A cost without usage. */
        public static Bill flat(Usd cost, String model) {
            return new Bill(cost, model, "", "", 0, 0, 0, "");
        }
    }
}
