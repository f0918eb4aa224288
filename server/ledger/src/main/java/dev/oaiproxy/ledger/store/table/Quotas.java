package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.QuotaName;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.AccountRow;
import dev.oaiproxy.ledger.store.write.AccountWriter;
import dev.oaiproxy.ledger.store.write.Writer;
import dev.oaiproxy.metering.money.Usd;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The quotas of all scopes, as operators see and change them. */
public record Quotas(Writer writer, ReaderThreads readerThreads, AccountWriter accounts) {
    /** All but quotas that were removed. */
    private static final String SELECT =
            "SELECT "
                    + AccountRow.COLUMNS
                    + " FROM accounts a WHERE (a.id = a.scope_id OR a.active = 1)";

    private static final String OF_USER =
            """
             AND (a.scope_id = 1
                OR a.scope_id IN (SELECT u.id FROM users u WHERE u.name = ?)
                OR a.scope_id IN (SELECT k.id FROM api_keys k JOIN users u ON u.id = k.user_id
                    WHERE u.name = ?)
                OR a.scope_id IN (SELECT m.id FROM group_members m JOIN users u ON u.id = m.user_id
                    WHERE u.name = ?)
                OR a.scope_id IN (SELECT m.group_id FROM group_members m
                    JOIN users u ON u.id = m.user_id WHERE u.name = ?))
            """;

    /** A quota of a scope. */
    public record ScopedQuota(String scope, QuotaName quota) {
        private String words(String limit) {
            return quota + ": " + limit;
        }

        @Override
        public String toString() {
            return scope + " (" + quota + ")";
        }
    }

    /** All quotas: everyone's first, then in the order in which they were opened. */
    public List<AccountBalance> list() {
        return readerThreads.list(SELECT + " ORDER BY a.id", row -> balance(AccountRow.read(row)));
    }

    /** The first quota of a scope. */
    public Optional<AccountBalance> find(String scope) {
        return readerThreads.read(tx -> first(tx, scope).map(this::balance));
    }

    /** All quotas of a scope, the first one first; none when there is no such scope. */
    public List<AccountBalance> of(String scope) {
        return readerThreads.list(
                SELECT + " AND a.scope = ? ORDER BY a.id",
                row -> balance(AccountRow.read(row)),
                scope);
    }

    /** All quotas that bind the calls of a user: everyone's, the user's, of groups and of keys. */
    public List<AccountBalance> binding(String user) {
        return readerThreads.list(
                SELECT + OF_USER + " ORDER BY a.id",
                row -> balance(AccountRow.read(row)),
                user,
                user,
                user,
                user);
    }

    /**
     * Changes the limits of the first account of a scope, from the next call on.
     *
     * @param change gives the new limits for the present ones; may be called more than once
     * @return the account after the change, or empty when there is none of that scope
     */
    public Optional<AccountBalance> change(
            String scope, UnaryOperator<AccountLimits> change, Actor actor) {
        return writer.write(
                tx -> {
                    Optional<Account> before = first(tx, scope);
                    if (before.isPresent()) {
                        apply(tx, before.get(), change, actor);
                    }
                    return first(tx, scope).map(this::balance);
                });
    }

    private void apply(Tx tx, Account account, UnaryOperator<AccountLimits> change, Actor actor)
            throws SQLException {
        AccountLimits before = account.limits();
        AccountLimits after = change.apply(before);
        QuotaName name = new QuotaName(after.period(), account.models());
        for (Account other : accounts.of(tx, account.id())) {
            boolean isTaken = other.isFurther() && other.name().equals(name);
            if (isTaken && after.spend() != null) {
                throw new IllegalArgumentException(
                        "%s has a quota for %s already; remove or change that one"
                                .formatted(account.scope(), name));
            }
        }
        accounts.change(tx, account.id(), after);
        note(
                tx,
                actor,
                new AdminEvents.Event(
                        "quota.change", account.scope(), before.toString(), after.toString()));
    }

    /**
     * Sets the limit of a quota: changes the one of that name, or gives the scope another one. A
     * first account without a limit takes the place of a quota for all models.
     *
     * @return all quotas of the scope after it; none when there is no such scope
     * @throws IllegalArgumentException when the scope has too many
     */
    public List<AccountBalance> set(ScopedQuota scoped, Usd limit, Actor actor) {
        return writer.write(
                tx -> {
                    Optional<Account> first = first(tx, scoped.scope());
                    if (first.isEmpty()) {
                        return List.<AccountBalance>of();
                    }
                    Account same = named(tx, first.get(), scoped.quota());
                    set(tx, first.get(), same, new QuotaLimit(scoped.quota(), limit));
                    String before = same == null ? "" : scoped.words(limitOf(same));
                    note(
                            tx,
                            actor,
                            new AdminEvents.Event(
                                    "quota.set",
                                    scoped.scope(),
                                    before,
                                    scoped.words(limit.toString())));
                    return balances(tx, first.get());
                });
    }

    private record QuotaLimit(QuotaName quota, Usd usd) {}

    private void set(Tx tx, Account first, @Nullable Account same, QuotaLimit limit)
            throws SQLException {
        AccountLimits limits = first.limits();
        boolean takesPlace =
                same == null && limits.spend() == null && limit.quota().models().globs().isEmpty();
        if (takesPlace || (same != null && !same.isFurther())) {
            accounts.change(
                    tx,
                    first.id(),
                    new AccountLimits(
                            limit.usd(),
                            limit.quota().period(),
                            limits.requestsPerMinute(),
                            limits.tokensPerMinute(),
                            limits.parallel()));
        } else if (same == null) {
            accounts.add(tx, first, limit.quota(), limit.usd());
        } else {
            accounts.limit(tx, same, limit.usd());
        }
    }

    /**
     * Raises a quota until a moment, in place of an earlier raise.
     *
     * @return all quotas of the scope after it; none when there is no such quota
     */
    public List<AccountBalance> raise(ScopedQuota scoped, Usd amount, Instant until, Actor actor) {
        return edit(
                scoped,
                (tx, account) -> {
                    accounts.raise(tx, account, amount, until);
                    String raise = scoped.words("+" + amount + " until " + until);
                    note(
                            tx,
                            actor,
                            new AdminEvents.Event("quota.raise", scoped.scope(), "", raise));
                });
    }

    /**
     * Removes a quota, from the next call on. Calls under way still pay into it, but are no longer
     * bound by it.
     *
     * @return all quotas of the scope after it; none when there is no such quota
     */
    public List<AccountBalance> remove(ScopedQuota scoped, Actor actor) {
        return edit(
                scoped,
                (tx, account) -> {
                    if (account.isFurther()) {
                        accounts.remove(tx, account);
                    } else {
                        accounts.change(tx, account.id(), withoutSpend(account.limits()));
                        accounts.raise(tx, account, Usd.ZERO, Instant.EPOCH);
                    }
                    String was = scoped.words(limitOf(account));
                    note(tx, actor, new AdminEvents.Event("quota.remove", scoped.scope(), was, ""));
                });
    }

    private interface Edit {
        void apply(Tx tx, Account account) throws SQLException;
    }

    /** Edits a quota that has a limit. */
    private List<AccountBalance> edit(ScopedQuota scoped, Edit edit) {
        return writer.write(
                tx -> {
                    Optional<Account> first = first(tx, scoped.scope());
                    Account same = first.isEmpty() ? null : named(tx, first.get(), scoped.quota());
                    if (same == null) {
                        return List.<AccountBalance>of();
                    }
                    edit.apply(tx, same);
                    return balances(tx, first.get());
                });
    }

    private static AccountLimits withoutSpend(AccountLimits limits) {
        return new AccountLimits(
                null,
                limits.period(),
                limits.requestsPerMinute(),
                limits.tokensPerMinute(),
                limits.parallel());
    }

    /** The quota of a scope with that name and a limit; null for none. */
    private @Nullable Account named(Tx tx, Account first, QuotaName name) throws SQLException {
        return accounts.of(tx, first.id()).stream()
                .filter(row -> row.name().equals(name) && row.limits().spend() != null)
                .findFirst()
                .orElse(null);
    }

    private List<AccountBalance> balances(Tx tx, Account first) throws SQLException {
        return accounts.of(tx, first.id()).stream().map(this::balance).toList();
    }

    private static String limitOf(Account account) {
        return String.valueOf(account.limits().spend());
    }

    private void note(Tx tx, Actor actor, AdminEvents.Event event) throws SQLException {
        AdminEvents.add(tx, accounts.clock().instant(), actor, event);
    }

    private static Optional<Account> first(Tx tx, String scope) throws SQLException {
        return tx.first(SELECT + " AND a.scope = ? AND a.id = a.scope_id", AccountRow::read, scope);
    }

    /** The balance now. A period that has ended is reset by the next call, or here. */
    private AccountBalance balance(Account account) {
        return account.at(accounts.clock().instant(), accounts.zone()).summary();
    }
}
