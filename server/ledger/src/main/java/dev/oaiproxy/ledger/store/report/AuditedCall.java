package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.write.FurtherAccounts;
import dev.oaiproxy.ledger.store.write.Payers;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.PricedLines;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** A row of calls, and the rules for a single row. */
record AuditedCall(
        long id,
        long bookedMillis,
        CallState state,
        String operation,
        String model,
        long heldNanos,
        long costNanos,
        long inputTokens,
        long cachedTokens,
        long outputTokens,
        String lines,
        long adjusts,
        long endedMillis,
        Payers payers,
        FurtherAccounts quotas) {
    /** The columns, in the order in which they are read. */
    static final String COLUMNS =
            """
            id, booked_ms, state, user_id, key_id, operation, model, held_nanos, cost_nanos,
                input_tokens, cached_tokens, output_tokens, lines, adjusts, ended_ms, group_id,
                member_id, quotas
            """;

    static AuditedCall read(ResultSet row) throws SQLException {
        return new AuditedCall(
                row.getLong(1),
                row.getLong(2),
                CallState.coded(row.getInt(3)),
                row.getString(6),
                row.getString(7),
                row.getLong(8),
                row.getLong(9),
                row.getLong(10),
                row.getLong(11),
                row.getLong(12),
                row.getString(13),
                row.getLong(14),
                row.getLong(15),
                new Payers(row.getLong(4), row.getLong(5), row.getLong(16), row.getLong(17)),
                FurtherAccounts.of(row.getString(18)));
    }

    long userId() {
        return payers.user();
    }

    long keyId() {
        return payers.key();
    }

    boolean isHeld() {
        return state == CallState.HELD;
    }

    /** The expected cost, by its state, lines and hold, when it differs from the stored one. */
    Optional<String> mistake() {
        return switch (state) {
            case HELD, RELEASED -> unless(costNanos == 0, "0.00");
            case CHARGED -> lineMistake();
            case ESTIMATED ->
                    lines.isEmpty()
                            ? unless(costNanos == heldNanos, Usd.ofNanos(heldNanos).toString())
                            : lineMistake();
            case ADJUSTED -> unless(adjusts != 0 && heldNanos == 0, "the number of a call");
        };
    }

    /** Quantities times rates, as stored with the charge. */
    private Optional<String> lineMistake() {
        try {
            Usd cost = PricedLines.cost(PricedLines.parse(lines));
            return unless(cost.nanos() == costNanos, cost + " by " + lines);
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.of("readable lines");
        }
    }

    String where() {
        return "call " + new CallId(id);
    }

    private static Optional<String> unless(boolean right, String expected) {
        return right ? Optional.empty() : Optional.of(expected);
    }
}
