package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.ledger.ledger.CallOutcome;
import org.jspecify.annotations.Nullable;

/** What asking OpenAI about a call came to. */
sealed interface SettlementResult {
    /** What an answer that has ended comes to. */
    static SettlementResult of(Costing.Outcome outcome) {
        return switch (outcome) {
            case Costing.Outcome.Known known ->
                    new Charge(known.cost().bill(), known.cost().remark());
            case Costing.Outcome.Doubtful doubtful ->
                    new Dearer(doubtful.cost().bill(), doubtful.why());
            case Costing.Outcome.Unknown unknown -> new Estimate(unknown.why());
        };
    }

    /** It has ended, and this is what it cost. */
    record Charge(CallOutcome.Bill bill, @Nullable String remark) implements SettlementResult {}

    /** It has ended, and cost the hold, or this if it is more. */
    record Dearer(CallOutcome.Bill bill, String why) implements SettlementResult {}

    /** It has ended, and what it cost cannot be known. */
    record Estimate(String why) implements SettlementResult {}

    /** It has ended without a usage; the hold bounds what was seen of it. */
    record Seen(CallOutcome.Bill bill, String why) implements SettlementResult {}

    /** It has ended, and cost nothing. */
    record Release(String why) implements SettlementResult {}

    /** OpenAI does not know it. */
    record Gone() implements SettlementResult {}

    /** It has not ended, or OpenAI does not tell now. */
    record NotYet(String why) implements SettlementResult {}
}
