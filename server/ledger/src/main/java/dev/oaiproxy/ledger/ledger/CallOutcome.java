package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, written down once in place of its hold.
 *
 * @param id the call
 * @param state {@link CallState#CHARGED}, {@link CallState#RELEASED} or {@link CallState#ESTIMATED}
 * @param reason why it ended so, or null where the state says it all; holds no text of the client
 * @param status the HTTP status of OpenAI's answer, 0 when there was none
 * @param bill what it cost and how that was computed
 */
public record CallOutcome(
        CallId id, CallState state, @Nullable String reason, int status, Instant at, Bill bill) {
    /** Rejects what is not an end, and a cost where there must be none. */
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
     * @param cachedTokens those of them that were read from the cache
     * @param priceVersion the edition of the price book that the rates are from; empty for that of
     *     the admission
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
        /** A cost that no usage was counted for. */
        public static Bill flat(Usd cost, String model) {
            return new Bill(cost, model, "", "", 0, 0, 0, "");
        }
    }
}
