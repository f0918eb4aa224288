package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.store.sql.ColumnLimits;

/** The addition of a call, or of a correction, to the roll-ups. */
public record RollupRow(
        long bookedMillis,
        long userId,
        long keyId,
        String model,
        String operation,
        Rollups.Sums sums) {
    static RollupRow of(OpenCall call, CallOutcome outcome) {
        CallOutcome.Bill bill = outcome.bill();
        return new RollupRow(
                call.bookedMillis(),
                call.userId(),
                call.keyId(),
                ColumnLimits.cut(bill.model(), ColumnLimits.MODEL),
                call.operation(),
                new Rollups.Sums(
                        1,
                        bill.inputTokens(),
                        bill.cachedTokens(),
                        bill.outputTokens(),
                        bill.cost().nanos()));
    }
}
