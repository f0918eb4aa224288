package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.QuotaName;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.account.Scope;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.metering.money.Usd;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens, changes and removes accounts. What it does applies to the very next call. */
public record AccountWriter(Accounts accounts, InstantSource clock) {
    private static final String OPEN =
            """
            INSERT INTO accounts (id, scope_id, scope, active, expires_ms, period, period_start_ms,
                period_end_ms, models, limit_nanos, raise_nanos, raise_until_ms, spent_nanos,
                held_nanos, rpm, tpm, parallel, minute, minute_calls, minute_tokens, in_flight)
            VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, 0, 0, ?, 0, ?, ?, ?, 0, 0, 0, 0)
            """;

    private static final String CARRY =
            "INSERT INTO carryovers (account_id, booked_ms, cost_nanos) VALUES (?, ?, ?)";

    private static final String PERIOD =
            """
            UPDATE accounts SET period = ?, period_start_ms = ?, period_end_ms = ?, spent_nanos = ?
            WHERE id = ?
            """;

    private static final String LIMIT =
            "UPDATE accounts SET limit_nanos = ?, rpm = ?, tpm = ?, parallel = ? WHERE id = ?";

    private static final String RAISE =
            "UPDATE accounts SET raise_nanos = ?, raise_until_ms = ? WHERE id = ?";

    private static final String REMOVE = "UPDATE accounts SET active = 0 WHERE id = ?";

    /** The newest account stays, so that no number is given twice. */
    private static final String IDLE =
            """
            SELECT id FROM accounts WHERE scope_id = ? AND id <> scope_id AND active = 0
                AND held_nanos = 0 AND in_flight = 0 AND id < ?
            """;

    private static final String OF_SCOPE =
            "SELECT " + AccountRow.COLUMNS + " FROM accounts WHERE scope_id = ? ORDER BY id";

    /** The next free number of accounts, users, keys, groups and members. */
    public static long nextId(Tx tx) throws SQLException {
        return tx.number("SELECT MAX(id) + 1 FROM accounts");
    }

    /** Opens the account of everyone, which has no limit until one is set. */
    public void openEveryone(Tx tx) throws SQLException {
        open(tx, Accounts.EVERYONE, Scope.EVERYONE, AccountLimits.NONE);
    }

    /** Opens the first account of a scope. */
    public void open(Tx tx, long id, String scope, AccountLimits limits) throws SQLException {
        tx.update(OPEN, id, id, scope, Account.NEVER, 0, 0, Account.NEVER, "", 0, 0, 0, 0, 0);
        change(tx, id, limits);
    }

    /**
     * Changes what the first account of a scope allows. With another kind of period, what has been
     * spent is counted anew from the days and hours of the new one.
     */
    public void change(Tx tx, long id, AccountLimits limits) throws SQLException {
        Account row = AccountRow.load(tx, id);
        tx.update(
                LIMIT,
                limits.spend() == null ? Account.NO_LIMIT : limits.spend().nanos(),
                orNone(limits.requestsPerMinute()),
                orNone(limits.tokensPerMinute()),
                orNone(limits.parallel()),
                id);
        if (row.period() != limits.period()) {
            QuotaName quota = new QuotaName(limits.period(), row.models());
            QuotaPeriod.Interval period = period(quota);
            tx.update(
                    PERIOD,
                    quota.period().code(),
                    period.startMillis(),
                    period.endMillis(),
                    new PeriodSums(tx, zone()).spent(row, quota, period),
                    id);
        }
    }

    /** All accounts of a scope, the first one first, without removed quotas. */
    public List<Account> of(Tx tx, long scopeId) throws SQLException {
        return tx.list(OF_SCOPE, AccountRow::read, scopeId).stream()
                .filter(row -> !row.isFurther() || row.active())
                .toList();
    }

    /**
     * Opens a further account. What the scope has spent in its period counts, but for calls that
     * have not ended.
     *
     * @throws IllegalArgumentException when the scope has too many
     */
    public void add(Tx tx, Account first, QuotaName quota, Usd limit) throws SQLException {
        if (of(tx, first.id()).size() > FurtherAccounts.MOST_OF_SCOPE) {
            throw new IllegalArgumentException(
                    "%s has %d quotas, which is the most; remove one first"
                            .formatted(first.scope(), FurtherAccounts.MOST_OF_SCOPE + 1));
        }
        // No number is given again, also when this is the newest account.
        long id = nextId(tx);
        purge(tx, first.id(), id);
        QuotaPeriod.Interval period = period(quota);
        long spent = new PeriodSums(tx, zone()).spent(first, quota, period);
        tx.update(
                OPEN,
                id,
                first.id(),
                first.scope(),
                Account.NEVER,
                quota.period().code(),
                period.startMillis(),
                period.endMillis(),
                quota.models().text(),
                limit.nanos(),
                spent,
                Account.NO_LIMIT,
                Account.NO_LIMIT,
                Account.NO_LIMIT);
        if (spent != 0) {
            tx.update(CARRY, id, period.startMillis(), spent);
        }
    }

    private static void purge(Tx tx, long scopeId, long before) throws SQLException {
        for (long idle : tx.list(IDLE, row -> row.getLong(1), scopeId, before)) {
            tx.update("DELETE FROM carryovers WHERE account_id = ?", idle);
            tx.update("DELETE FROM accounts WHERE id = ?", idle);
        }
    }

    /** Changes the limit of a further account. */
    public void limit(Tx tx, Account further, Usd limit) throws SQLException {
        tx.update("UPDATE accounts SET limit_nanos = ? WHERE id = ?", limit.nanos(), further.id());
    }

    /** Adds to the limit of an account until a moment, in place of an earlier raise. */
    public void raise(Tx tx, Account account, Usd amount, Instant until) throws SQLException {
        tx.update(RAISE, amount.nanos(), until.toEpochMilli(), account.id());
    }

    /** Removes a further account. Calls that were admitted with it still pay into it. */
    public void remove(Tx tx, Account further) throws SQLException {
        tx.update(REMOVE, further.id());
    }

    /**
     * The period of the booking time, not of the clock: if the clock was set back, the first call
     * would be booked after a period of the clock, and end it.
     */
    private QuotaPeriod.Interval period(QuotaName quota) {
        long booked = accounts.booked(clock.instant());
        return quota.period().at(Instant.ofEpochMilli(booked), zone());
    }

    public ZoneId zone() {
        return accounts.zone();
    }

    private static long orNone(@Nullable Long limit) {
        return limit == null ? Account.NO_LIMIT : limit;
    }
}
