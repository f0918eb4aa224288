package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.store.sql.ColumnLimits;
import dev.oaiproxy.ledger.store.sql.PreparedStatements;
import dev.oaiproxy.ledger.store.sql.StatementGuard;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rows that calls change, as a transaction has read them and will write them: accounts, calls
 * and roll-ups. Many calls that are committed together cost a few statements, instead of a few
 * each.
 *
 * <p>Valid only under the lock of all writers. An account that somebody else has changed all the
 * same is not written: the row must still be what was read.
 */
public final class UnitOfWork implements StatementGuard {
    private static final int MOST_AT_ONCE = 64;

    /** All accounts of some scopes, so that a new quota binds the very next call. */
    private static final SelectByIds ACCOUNTS =
            new SelectByIds("SELECT " + AccountRow.COLUMNS + " FROM accounts", "scope_id");

    /**
     * Has no condition on the state: with one, databases would read an index instead of the key.
     */
    private static final SelectByIds CALLS = new SelectByIds(OpenCall.SELECT, "id");

    /** The statements that read rows by up to so many numbers, a power of two. */
    private static final class SelectByIds {
        private final Map<Integer, String> statements = new HashMap<>();
        private final String byArray;

        SelectByIds(String select, String column) {
            byArray = select + " WHERE " + column + " = ANY (?)";
            for (int most = 1; most <= MOST_AT_ONCE; most *= 2) {
                String marks = String.join(", ", Collections.nCopies(most, "?"));
                statements.put(most, select + " WHERE " + column + " IN (" + marks + ")");
            }
        }

        String of(int most) {
            return Objects.requireNonNull(statements.get(most));
        }

        /** The same for an array of ids, where statements are sent together. */
        PreparedStatements.Query query(Set<Long> ids, Tx.Sight sight) {
            long[] array = ids.stream().mapToLong(id -> id).toArray();
            return new PreparedStatements.Query(byArray, List.of(array), sight);
        }
    }

    private static final String INSERT_CALL =
            """
            INSERT INTO calls (id, booked_ms, ended_ms, state, node, user_id, key_id, group_id,
                member_id, quotas, operation, model, tier, status, reason, tokens, held_nanos,
                cost_nanos, input_tokens, cached_tokens, output_tokens, lines, price_version,
                adjusts)
            VALUES (?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, '', ?, ?, 0, 0, 0, 0, '', ?, 0)
            """;

    private static final String RESIZE_CALL =
            "UPDATE calls SET held_nanos = ? WHERE id = ? AND state = 0";

    private static final String END_CALL =
            """
            UPDATE calls SET state = ?, ended_ms = ?, reason = ?, status = ?, cost_nanos = ?,
                model = ?, tier = ?, lines = ?, input_tokens = ?, cached_tokens = ?,
                output_tokens = ?,
                price_version = CASE WHEN ? = '' THEN price_version ELSE ? END
            WHERE id = ? AND state = 0
            """;

    private static final String SETTLED = "DELETE FROM deferred WHERE call_id = ?";

    private final PreparedStatements preparedStatements;
    private final Set<Long> expectedScopes = new TreeSet<>();
    private final Set<Long> expectedCalls = new TreeSet<>();
    private final Set<NodeId> expectedNodes = new HashSet<>();
    private final Map<NodeId, Boolean> nodes = new HashMap<>();
    private final Map<Long, TrackedAccount> accounts = new TreeMap<>();

    /** The numbers of the accounts of each scope that was read. */
    private final Map<Long, List<Long>> scopes = new HashMap<>();

    /** The calls that were read; empty for one that is not held. */
    private final Map<Long, Optional<OpenCall>> calls = new HashMap<>();

    private final List<Object[]> made = new ArrayList<>();
    private final Map<Long, Object[]> resized = new LinkedHashMap<>();
    private final List<Object[]> ended = new ArrayList<>();
    private final List<Object[]> settled = new ArrayList<>();
    private final Rollups.RollupDelta sums = new Rollups.RollupDelta();

    /** An account as it is in the database, and as it is after the calls of this unit. */
    private record TrackedAccount(Account written, Account now) {
        private boolean isChanged() {
            return !now.equals(written);
        }
    }

    UnitOfWork(PreparedStatements preparedStatements) {
        this.preparedStatements = preparedStatements;
    }

    /** Announces accounts, to be read together with others. */
    void expectAccounts(Payers payers) {
        expectedScopes.addAll(payers.scopes());
    }

    /** Announces a question about a node. */
    void expectNode(NodeId nodeId) {
        expectedNodes.add(nodeId);
    }

    /** Announces a call and its accounts. */
    void expectCall(long id) {
        expectedCalls.add(id);
    }

    /**
     * Waits for the lock of all writers; and reads what has been announced in the same round trip,
     * where statements are sent together.
     */
    void claim() throws SQLException {
        if (!preparedStatements.areSentTogether()) {
            preparedStatements.claim();
            return;
        }
        List<PreparedStatements.Query> queries = new ArrayList<>();
        for (NodeId nodeId : expectedNodes) {
            nodes.put(nodeId, false);
            queries.add(nodeId.query(row -> nodes.put(nodeId, true)));
        }
        if (!expectedCalls.isEmpty()) {
            expectedCalls.forEach(id -> calls.put(id, Optional.empty()));
            queries.add(CALLS.query(expectedCalls, row -> saw(OpenCall.read(row))));
            expectedCalls.clear();
        }
        if (!expectedScopes.isEmpty()) {
            expectedScopes.forEach(scope -> scopes.put(scope, new ArrayList<>()));
            queries.add(ACCOUNTS.query(expectedScopes, row -> saw(AccountRow.read(row))));
            expectedScopes.clear();
        }
        preparedStatements.claim(queries);
    }

    private void saw(OpenCall call) {
        if (call.isHeld()) {
            calls.put(call.id(), Optional.of(call));
            expectAccounts(call.payers());
        }
    }

    /**
     * All accounts of those who pay: the first one of each scope, from everyone to the key, and
     * then the further ones, also those of removed quotas.
     */
    List<Account> accounts(Payers payers) throws SQLException {
        List<Long> paying = payers.scopes();
        if (!scopes.keySet().containsAll(paying)) {
            expectedScopes.addAll(paying);
            readScopes();
        }
        List<Account> all = new ArrayList<>();
        List<Account> further = new ArrayList<>();
        for (long scope : paying) {
            for (long id : Objects.requireNonNull(scopes.get(scope))) {
                Account account = Objects.requireNonNull(accounts.get(id)).now;
                (account.isFurther() ? further : all).add(account);
            }
        }
        if (all.size() != paying.size()) {
            throw StoreException.refused(
                    new IllegalStateException("no accounts of key " + payers.key()));
        }
        all.addAll(further);
        return all;
    }

    private void readScopes() throws SQLException {
        expectedScopes.removeAll(scopes.keySet());
        expectedScopes.forEach(scope -> scopes.put(scope, new ArrayList<>()));
        read(ACCOUNTS, AccountRow::read, expectedScopes).forEach(this::saw);
    }

    private void saw(Account account) {
        accounts.put(account.id(), new TrackedAccount(account, account));
        Objects.requireNonNull(scopes.get(account.scopeId())).add(account.id());
    }

    /** Changes an account that has been read. */
    void change(Account account) {
        accounts.computeIfPresent(
                account.id(), (id, before) -> new TrackedAccount(before.written, account));
    }

    /** A held call, or empty. */
    public Optional<OpenCall> call(long id) throws SQLException {
        if (!calls.containsKey(id)) {
            expectedCalls.add(id);
            expectedCalls.removeAll(calls.keySet());
            expectedCalls.forEach(expected -> calls.put(expected, Optional.empty()));
            read(CALLS, OpenCall::read, expectedCalls).forEach(this::saw);
        }
        return calls.getOrDefault(id, Optional.empty());
    }

    /** True while this process is still that node. */
    boolean isAlive(NodeId nodeId) throws SQLException {
        Boolean alive = nodes.get(nodeId);
        if (alive == null) {
            alive = nodeId.isAlive(preparedStatements);
            nodes.put(nodeId, alive);
        }
        return alive;
    }

    /** Adds a held call. */
    void add(OpenCall call, HoldRequest order) {
        calls.put(call.id(), Optional.of(call));
        made.add(
                new Object[] {
                    call.id(),
                    call.bookedMillis(),
                    order.id().node(),
                    call.payers().user(),
                    call.payers().key(),
                    call.payers().group(),
                    call.payers().member(),
                    call.quotas().text(),
                    call.operation(),
                    order.model(),
                    call.tokens(),
                    call.heldNanos(),
                    order.priceVersion()
                });
    }

    /** Changes the hold of a call. */
    void resize(OpenCall call) {
        calls.put(call.id(), Optional.of(call));
        resized.put(call.id(), new Object[] {call.heldNanos(), call.id()});
    }

    /** Ends a held call. */
    void end(CallOutcome outcome) {
        CallOutcome.Bill bill = outcome.bill();
        long id = outcome.id().value();
        calls.put(id, Optional.empty());
        ended.add(
                new Object[] {
                    outcome.state().code(),
                    outcome.at().toEpochMilli(),
                    ColumnLimits.cut(outcome.reason(), ColumnLimits.REASON),
                    outcome.status(),
                    bill.cost().nanos(),
                    ColumnLimits.cut(bill.model(), ColumnLimits.MODEL),
                    bill.tier(),
                    bill.lines(),
                    bill.inputTokens(),
                    bill.cachedTokens(),
                    bill.outputTokens(),
                    bill.priceVersion(),
                    bill.priceVersion(),
                    id
                });
    }

    /** Deletes the call from the pending settlements. */
    void settle(long id) {
        settled.add(new Object[] {id});
    }

    /** The additions to the roll-ups. */
    Rollups.RollupDelta sums() {
        return sums;
    }

    /**
     * Writes all changes, and drops what was read.
     *
     * @throws StoreException when the rows are not what they were
     */
    void flush() throws SQLException {
        List<Object[]> balances =
                accounts.values().stream()
                        .filter(TrackedAccount::isChanged)
                        .map(account -> AccountRow.change(account.written, account.now))
                        .toList();
        List<PreparedStatements.Change> changes =
                new ArrayList<>(
                        List.of(
                                new PreparedStatements.Change(INSERT_CALL, made),
                                new PreparedStatements.Change(
                                        RESIZE_CALL, List.copyOf(resized.values())),
                                new PreparedStatements.Change(END_CALL, ended),
                                new PreparedStatements.Change(AccountRow.CHANGE, balances),
                                new PreparedStatements.Change(SETTLED, settled)));
        if (preparedStatements.canMerge()) {
            changes.addAll(sums.merges());
        }
        int[] counts = preparedStatements.change(changes);
        require("calls", counts[1] == resized.size() && counts[2] == ended.size());
        require("accounts", counts[3] == balances.size());
        if (!preparedStatements.canMerge()) {
            sums.write(preparedStatements);
        }
        clear();
    }

    @Override
    public void beforeQuery() {
        if (!isWritten()) {
            throw new IllegalStateException("the unit of work is not flushed");
        }
    }

    @Override
    public void beforeUpdate() {
        beforeQuery();
        if (!accounts.isEmpty() || !calls.isEmpty() || !nodes.isEmpty()) {
            throw new IllegalStateException("the unit of work has read rows; flush it first");
        }
    }

    private boolean isWritten() {
        return made.isEmpty()
                && resized.isEmpty()
                && ended.isEmpty()
                && settled.isEmpty()
                && sums.isEmpty()
                && accounts.values().stream().noneMatch(TrackedAccount::isChanged);
    }

    /** Drops all changes and all that was read. */
    void clear() {
        List.of(expectedScopes, expectedCalls, expectedNodes, made, ended, settled)
                .forEach(Collection::clear);
        List.of(nodes, accounts, scopes, calls, resized).forEach(Map::clear);
        sums.clear();
    }

    /**
     * Reads rows by id; pads the ids with the last one, so that there are few different statements.
     */
    private <T> List<T> read(SelectByIds select, Tx.RowReader<T> mapping, Set<Long> wanted)
            throws SQLException {
        List<T> rows = new ArrayList<>();
        List<Long> ids = List.copyOf(wanted);
        wanted.clear();
        for (int from = 0; from < ids.size(); from += MOST_AT_ONCE) {
            List<Long> some = ids.subList(from, Math.min(from + MOST_AT_ONCE, ids.size()));
            int size = Integer.highestOneBit(2 * some.size() - 1);
            List<Object> padded = new ArrayList<>(some);
            padded.addAll(Collections.nCopies(size - some.size(), some.getLast()));
            rows.addAll(preparedStatements.list(select.of(size), mapping, padded.toArray()));
        }
        return rows;
    }

    /** The rows were read under the lock of all writers, so they cannot have changed since. */
    private static void require(String table, boolean isEachChanged) {
        if (!isEachChanged) {
            throw StoreException.refused(
                    new IllegalStateException(
                            "the " + table + " were changed by somebody else than oaiproxy"));
        }
    }
}
