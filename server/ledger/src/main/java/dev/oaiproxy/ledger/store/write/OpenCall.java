package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallState;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The columns of a call that its end or its correction needs.
 *
 * @param quotas the further accounts that it was admitted with
 */
public record OpenCall(
        long id,
        long bookedMillis,
        Payers payers,
        FurtherAccounts quotas,
        String operation,
        long tokens,
        long heldNanos,
        long costNanos,
        boolean isHeld,
        boolean isDeferred) {
    public static final String SELECT =
            """
            SELECT id, booked_ms, user_id, key_id, operation, tokens, held_nanos, cost_nanos, state,
                (SELECT COUNT(*) FROM deferred d WHERE d.call_id = calls.id) AS deferred,
                group_id, member_id, quotas
            FROM calls
            """;

    public static OpenCall read(ResultSet row) throws SQLException {
        return new OpenCall(
                row.getLong(1),
                row.getLong(2),
                new Payers(row.getLong(3), row.getLong(4), row.getLong(11), row.getLong(12)),
                FurtherAccounts.of(row.getString(13)),
                row.getString(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                row.getInt(9) == CallState.HELD.code(),
                row.getLong(10) > 0);
    }

    long userId() {
        return payers.user();
    }

    long keyId() {
        return payers.key();
    }

    /** The call with another hold. */
    OpenCall holding(long nanos) {
        return new OpenCall(
                id,
                bookedMillis,
                payers,
                quotas,
                operation,
                tokens,
                nanos,
                costNanos,
                isHeld,
                isDeferred);
    }

    /** The time of admission, by the clock of that moment, in milliseconds. */
    long madeAt() {
        return new CallId(id).madeAt().toEpochMilli();
    }
}
