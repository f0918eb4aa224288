package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.AccountRow;
import dev.oaiproxy.ledger.store.write.Accounts;
import dev.oaiproxy.ledger.store.write.Writer;
import dev.oaiproxy.metering.money.Usd;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The accounts as administrators see and change them. */
public final class Quotas {
    private static final String SELECT = "SELECT " + AccountRow.COLUMNS + " FROM accounts";

    private final Writer writer;
    private final ReaderThreads readerThreads;
    private final Accounts accounts;
    private final AdminEvents adminEvents;
    private final InstantSource clock;

    public Quotas(
            Writer writer,
            ReaderThreads readerThreads,
            Accounts accounts,
            AdminEvents adminEvents,
            InstantSource clock) {
        this.writer = writer;
        this.readerThreads = readerThreads;
        this.accounts = accounts;
        this.adminEvents = adminEvents;
        this.clock = clock;
    }

    /** All accounts: everyone's first, then in the order in which they were opened. */
    public List<AccountBalance> list() {
        return readerThreads.read(
                tx -> tx.list(SELECT + " ORDER BY id", row -> balance(AccountRow.read(row))));
    }

    /** The account of a scope. */
    public Optional<AccountBalance> find(String scope) {
        return readerThreads.read(tx -> row(tx, scope).map(this::balance));
    }

    /**
     * Changes what an account allows, from the next call on.
     *
     * @param change gives the new limits for the present ones; may be called more than once
     * @return the account after the change, or empty when there is none of that scope
     */
    public Optional<AccountBalance> change(
            String scope, UnaryOperator<AccountLimits> change, Actor actor) {
        return writer.write(
                tx -> {
                    Optional<AccountRow> before = row(tx, scope);
                    if (before.isPresent()) {
                        apply(tx, before.get(), change, actor);
                    }
                    return row(tx, scope).map(this::balance);
                });
    }

    private void apply(Tx tx, AccountRow row, UnaryOperator<AccountLimits> change, Actor actor)
            throws SQLException {
        Instant now = clock.instant();
        AccountLimits before = limits(row);
        AccountLimits after = change.apply(before);
        accounts.change(tx, row.id(), after, now);
        adminEvents.add(
                tx,
                now,
                actor,
                new AdminEvents.Event(
                        "quota.change", row.scope(), before.toString(), after.toString()));
    }

    private static Optional<AccountRow> row(Tx tx, String scope) throws SQLException {
        return tx.first(SELECT + " WHERE scope = ?", AccountRow::read, scope);
    }

    private AccountBalance balance(AccountRow row) {
        // Nothing resets an account whose period has ended; its next call does, or this sight of
        // it.
        AccountRow now = row.at(clock.instant(), accounts.zone());
        long end = now.periodEndMillis();
        return new AccountBalance(
                now.scope(),
                limits(now),
                Usd.ofNanos(now.spentNanos()),
                Usd.ofNanos(now.heldNanos()),
                end == Long.MAX_VALUE ? null : Instant.ofEpochMilli(end),
                now.active());
    }

    private static AccountLimits limits(AccountRow row) {
        return new AccountLimits(
                row.limitNanos() == Accounts.NO_LIMIT ? null : Usd.ofNanos(row.limitNanos()),
                row.quotaPeriod(),
                limit(row.rpm()),
                limit(row.tpm()),
                limit(row.parallel()));
    }

    private static @Nullable Long limit(long stored) {
        return stored == Accounts.NO_LIMIT ? null : stored;
    }
}
