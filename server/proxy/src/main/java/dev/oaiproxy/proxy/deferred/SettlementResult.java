package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.ledger.ledger.CallOutcome;
import org.jspecify.annotations.Nullable;

/** The state of a deferred call, as OpenAI tells it. */
sealed interface SettlementResult {
    /** OpenAI does not know the object of the call. */
    record Gone() implements SettlementResult {}

    /** The call has not ended, or OpenAI does not tell now. */
    record NotYet(String why) implements SettlementResult {}

    /** The call has ended. */
    sealed interface Final extends SettlementResult {
        static Final of(Costing.CostResult cost) {
            return switch (cost) {
                case Costing.CostResult.Known known ->
                        new Charge(known.cost().bill(), known.cost().remark());
                case Costing.CostResult.Doubtful doubtful ->
                        new Dearer(doubtful.cost().bill(), doubtful.why());
                case Costing.CostResult.Unpriceable none -> new Estimate(none.why());
            };
        }
    }

    /** The cost of the call is known. */
    record Charge(CallOutcome.Bill bill, @Nullable String remark) implements Final {}

    /** The call costs its hold, or this bill if it is more. */
    record Dearer(CallOutcome.Bill bill, String why) implements Final {}

    /** The cost of the call cannot be known. */
    record Estimate(String why) implements Final {}

    /** The call ended without a usage. The bill is for what was seen of it, up to the hold. */
    record Observed(CallOutcome.Bill bill, String why) implements Final {}

    /** The call cost nothing. */
    record Release(String why) implements Final {}
}
