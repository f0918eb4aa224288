package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.table.PendingSettlements.Due;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.quota.Costing;
import org.jspecify.annotations.Nullable;

/** The state of a deferred call, as OpenAI reports it. */
sealed interface SettlementResult {
    /** OpenAI does not know the object of the call. */
    record Gone() implements SettlementResult {}

    /** The call has not ended, or OpenAI cannot tell at the moment. */
    record NotYet(String why) implements SettlementResult {}

    /** The call has ended. */
    record Settled(CallState state, CallOutcome.Bill bill, @Nullable String why)
            implements SettlementResult {}

    /** Charges a call whose cost is known, even beyond its hold; any other call costs its hold. */
    static Settled of(Due due, Costing.CostResult cost) {
        return switch (cost) {
            case Costing.CostResult.Known known ->
                    new Settled(CallState.CHARGED, known.cost().bill(), known.cost().remark());
            case Costing.CostResult.Doubtful doubtful
                    when doubtful.cost().charge().cost().compareTo(due.held()) > 0 ->
                    new Settled(CallState.ESTIMATED, doubtful.cost().bill(), doubtful.why());
            case Costing.CostResult.Doubtful doubtful -> estimate(due, doubtful.why());
            case Costing.CostResult.Unpriceable none -> estimate(due, none.why());
        };
    }

    /** A call whose cost cannot be known costs its hold. */
    static Settled estimate(Due due, String why) {
        return new Settled(
                CallState.ESTIMATED, CallOutcome.Bill.flat(due.held(), due.model()), why);
    }

    /** A call that ended without usage costs the part that was seen, up to its hold. */
    static Settled estimate(Due due, CallOutcome.Bill seen, String why) {
        return seen.cost().compareTo(due.held()) < 0
                ? new Settled(CallState.ESTIMATED, seen, why)
                : estimate(due, why);
    }

    /** A call that cost nothing. */
    static Settled release(Due due, String why) {
        return new Settled(CallState.RELEASED, CallOutcome.Bill.flat(Usd.ZERO, due.model()), why);
    }
}
