package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.ModelGlobs;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The columns of an {@link Account}. */
public final class AccountRow {
    public static final String COLUMNS =
            """
            id, scope, active, expires_ms, period, period_start_ms, period_end_ms, limit_nanos,
            spent_nanos, held_nanos, rpm, tpm, parallel, minute, minute_calls, minute_tokens,
            in_flight, scope_id, models, raise_nanos, raise_until_ms
            """;

    /** Changes the balance of a row, provided that the whole row is still what was read. */
    static final String CHANGE =
            """
            UPDATE accounts SET period_start_ms = ?, period_end_ms = ?, spent_nanos = ?,
                held_nanos = ?, minute = ?, minute_calls = ?, minute_tokens = ?, in_flight = ?
            WHERE id = ? AND active = ? AND expires_ms = ? AND period = ? AND limit_nanos = ?
                AND rpm = ? AND tpm = ? AND parallel = ? AND period_start_ms = ?
                AND period_end_ms = ? AND spent_nanos = ? AND held_nanos = ? AND minute = ?
                AND minute_calls = ? AND minute_tokens = ? AND in_flight = ?
            """;

    private static final String SELECT = "SELECT " + COLUMNS + " FROM accounts WHERE id = ?";

    private AccountRow() {}

    static Account load(Tx tx, long id) throws SQLException {
        return tx.first(SELECT, AccountRow::read, id)
                .orElseThrow(() -> new IllegalStateException("no account " + id));
    }

    /** Reads {@link #COLUMNS} by their places, which costs some drivers much less than by name. */
    public static Account read(ResultSet row) throws SQLException {
        long raise = row.getLong(20);
        return new Account(
                row.getLong(1),
                row.getLong(18),
                row.getString(2),
                row.getInt(3) == 1,
                row.getLong(4),
                QuotaPeriod.coded(row.getInt(5)),
                ModelGlobs.of(row.getString(19)),
                row.getLong(8),
                raise == 0 ? Account.Raise.NONE : new Account.Raise(raise, row.getLong(21)),
                row.getLong(11),
                row.getLong(12),
                row.getLong(13),
                new Account.Balance(
                        new QuotaPeriod.Interval(row.getLong(6), row.getLong(7)),
                        row.getLong(9),
                        row.getLong(10),
                        new Account.Minute(row.getLong(14), row.getLong(15), row.getLong(16)),
                        row.getLong(17)));
    }

    /** The arguments of {@link #CHANGE}. */
    static Object[] change(Account before, Account after) {
        Account.Balance then = before.balance();
        Account.Balance now = after.balance();
        return new Object[] {
            now.period().startMillis(),
            now.period().endMillis(),
            now.spentNanos(),
            now.heldNanos(),
            now.minute().number(),
            now.minute().calls(),
            now.minute().tokens(),
            now.inFlight(),
            before.id(),
            before.active() ? 1 : 0,
            before.expiresMillis(),
            before.period().code(),
            before.limitNanos(),
            before.rpm(),
            before.tpm(),
            before.parallel(),
            then.period().startMillis(),
            then.period().endMillis(),
            then.spentNanos(),
            then.heldNanos(),
            then.minute().number(),
            then.minute().calls(),
            then.minute().tokens(),
            then.inFlight()
        };
    }
}
