package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.AccountRow;
import dev.oaiproxy.ledger.store.write.Accounts;
import dev.oaiproxy.ledger.store.write.Writer;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The accounts, as operators see and change them. */
public record Quotas(
        Writer writer, ReaderThreads readerThreads, Accounts accounts, InstantSource clock) {
    private static final String SELECT = "SELECT " + AccountRow.COLUMNS + " FROM accounts";

    /** All accounts: everyone's first, then in the order in which they were opened. */
    public List<AccountBalance> list() {
        return readerThreads.list(SELECT + " ORDER BY id", row -> balance(AccountRow.read(row)));
    }

    /** The account of a scope. */
    public Optional<AccountBalance> find(String scope) {
        return readerThreads.read(tx -> row(tx, scope).map(this::balance));
    }

    /**
     * Changes the limits of an account, from the next call on.
     *
     * @param change gives the new limits for the present ones; may be called more than once
     * @return the account after the change, or empty when there is none of that scope
     */
    public Optional<AccountBalance> change(
            String scope, UnaryOperator<AccountLimits> change, Actor actor) {
        return writer.write(
                tx -> {
                    Optional<Account> before = row(tx, scope);
                    if (before.isPresent()) {
                        apply(tx, before.get(), change, actor);
                    }
                    return row(tx, scope).map(this::balance);
                });
    }

    private void apply(Tx tx, Account account, UnaryOperator<AccountLimits> change, Actor actor)
            throws SQLException {
        Instant now = clock.instant();
        AccountLimits before = account.limits();
        AccountLimits after = change.apply(before);
        accounts.change(tx, account.id(), after, now);
        AdminEvents.add(
                tx,
                now,
                actor,
                new AdminEvents.Event(
                        "quota.change", account.scope(), before.toString(), after.toString()));
    }

    private static Optional<Account> row(Tx tx, String scope) throws SQLException {
        return tx.first(SELECT + " WHERE scope = ?", AccountRow::read, scope);
    }

    /** The balance now. A period that has ended is reset by the next call, or here. */
    private AccountBalance balance(Account account) {
        return account.at(clock.instant(), accounts.zone()).summary();
    }
}
