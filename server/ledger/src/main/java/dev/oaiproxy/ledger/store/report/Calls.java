package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallFilter;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.ColumnLimits;
import dev.oaiproxy.ledger.store.sql.DbQueries;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.table.AdminEvents;
import dev.oaiproxy.ledger.store.write.Accounts;
import dev.oaiproxy.ledger.store.write.NodeId;
import dev.oaiproxy.ledger.store.write.OpenCall;
import dev.oaiproxy.ledger.store.write.Rollups;
import dev.oaiproxy.ledger.store.write.Transaction;
import dev.oaiproxy.ledger.store.write.Writer;
import dev.oaiproxy.metering.money.Usd;
import io.helidon.dbclient.DbRow;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls, as operators see and correct them. */
public record Calls(
        Writer writer, ReaderThreads readerThreads, Rollups rollups, Supplier<NodeId> place) {
    private static final String SELECT =
            """
            SELECT c.*, u.name AS user_name, k.public_id, COALESCE(g.name, '') AS group_name
            FROM calls c JOIN users u ON u.id = c.user_id JOIN api_keys k ON k.id = c.key_id
                LEFT JOIN user_groups g ON g.id = c.group_id
            """;

    private static final String OF_GROUP =
            """
            c.key_id IN (SELECT id FROM api_keys
                WHERE group_id = (SELECT id FROM user_groups WHERE name = ?))
            """;

    private static final String CORRECTED = OpenCall.SELECT + " WHERE id = ?";

    private static final String INSERT_ADJUSTMENT =
            """
            INSERT INTO calls (id, booked_ms, ended_ms, state, node, user_id, key_id, group_id,
                member_id, quotas, operation, model, tier, status, reason, tokens, held_nanos,
                cost_nanos, input_tokens, cached_tokens, output_tokens, lines, price_version,
                adjusts)
            SELECT ?, booked_ms, ?, 4, node, user_id, key_id, group_id, member_id, quotas,
                operation, model, tier, 0, ?, 0, 0, ?, 0, 0, 0, '', price_version, id
            FROM calls WHERE id = ? AND EXISTS (SELECT 1
            """
                    + NodeId.IF_ALIVE
                    + ")";

    private static final String COST_SO_FAR =
            """
            SELECT SUM(cost_nanos) FROM (
                SELECT cost_nanos FROM calls WHERE id = ?
                UNION ALL SELECT cost_nanos FROM calls WHERE adjusts = ? AND adjusts <> 0) x
            """;

    /** The calls that pass a filter, the newest first. */
    public List<CallRow> list(CallFilter filter) {
        SqlCondition sqlCondition = condition(filter);
        return readerThreads.query(
                sql(sqlCondition), Calls::read, sqlCondition.argumentsWith(filter.limit()));
    }

    /** A page of a user's or key's calls is a stretch of an index. */
    static SqlCondition condition(CallFilter filter) {
        SqlCondition sqlCondition =
                new SqlCondition()
                        .and("c.user_id = (SELECT id FROM users WHERE name = ?)", filter.user())
                        .and(
                                "c.key_id = (SELECT id FROM api_keys WHERE public_id = ?)",
                                filter.key())
                        .and(OF_GROUP, filter.group())
                        .and("c.model = ?", filter.model())
                        .and("c.state = ?", state(filter))
                        .and("c.id < ?", before(filter));
        return filter.overHold()
                ? sqlCondition.and(
                        "c.cost_nanos > c.held_nanos AND c.state <> ?", CallState.ADJUSTED.code())
                : sqlCondition;
    }

    static String sql(SqlCondition sqlCondition) {
        return SELECT + sqlCondition.sql() + " ORDER BY c.id DESC LIMIT ?";
    }

    /** The id of the newest row; null when there is none. */
    public @Nullable CallId newest() {
        long id = readerThreads.read(tx -> tx.number("SELECT MAX(id) FROM calls"));
        return id == 0 ? null : new CallId(id);
    }

    /** A call by its id. */
    public Optional<CallRow> find(CallId id) {
        return readerThreads.read(tx -> find(tx, id));
    }

    /**
     * A signed correction of a call's cost.
     *
     * @param id the id of the new row
     * @param of the call that it corrects
     * @param why the reason, for the row and the audit trail
     */
    public record Correction(CallId id, CallId of, Usd amount, String why, Instant at) {}

    /**
     * Writes a correction as a row of its own.
     *
     * @return the new row, or empty when there is no such call
     * @throws IllegalArgumentException when the call has not ended, is itself a correction, or
     *     would come to cost less than nothing
     */
    public Optional<CallRow> correct(Correction correction, Actor actor) {
        return writer.transact(
                transaction -> {
                    Tx tx = transaction.sql();
                    Optional<CallRow> call = find(tx, correction.of());
                    if (call.isEmpty()) {
                        return Optional.empty();
                    }
                    check(tx, call.get(), correction);
                    post(transaction, call.get().bill().model(), correction, actor);
                    return find(tx, correction.id());
                });
    }

    private static @Nullable Integer state(CallFilter filter) {
        CallState callState = filter.state();
        return callState == null ? null : callState.code();
    }

    private static @Nullable Long before(CallFilter filter) {
        CallId before = filter.before();
        return before == null ? null : before.value();
    }

    private static Optional<CallRow> find(Tx tx, CallId id) throws SQLException {
        return tx.query(SELECT + " WHERE c.id = ?", Calls::read, id.value()).stream().findFirst();
    }

    private static void check(Tx tx, CallRow call, Correction correction) throws SQLException {
        if (call.state() != CallState.CHARGED && call.state() != CallState.ESTIMATED) {
            throw new IllegalArgumentException(
                    "a call that is " + call.state().label() + " cannot be corrected");
        }
        long id = call.id().value();
        Usd cost = Usd.ofNanos(tx.number(COST_SO_FAR, id, id));
        if (cost.plus(correction.amount()).isNegative()) {
            throw new IllegalArgumentException(
                    "the call costs " + cost + " USD; it cannot be corrected to less than nothing");
        }
    }

    private void post(Transaction transaction, String model, Correction correction, Actor actor)
            throws SQLException {
        Tx tx = transaction.sql();
        long id = correction.of().value();
        int written =
                tx.update(
                        INSERT_ADJUSTMENT,
                        correction.id().value(),
                        correction.at().toEpochMilli(),
                        ColumnLimits.cut(correction.why(), ColumnLimits.REASON),
                        correction.amount().nanos(),
                        id,
                        correction.id().node(),
                        place.get().incarnation());
        if (written == 0) {
            throw StoreException.undone("this process was taken for dead, and is joining again");
        }
        OpenCall call =
                tx.first(CORRECTED, OpenCall::read, id).orElseThrow(IllegalStateException::new);
        Accounts.adjust(transaction.unitOfWork(), call, correction.amount());
        rollups.add(
                transaction.unitOfWork(),
                call,
                model,
                new Rollups.Sums(0, 0, 0, 0, correction.amount().nanos(), 0));
        transaction.flush();
        AdminEvents.add(
                tx,
                correction.at(),
                actor,
                new AdminEvents.Event(
                        "call.adjust",
                        "call:" + correction.of(),
                        "cost " + Usd.ofNanos(call.costNanos()),
                        correction.amount() + ": " + correction.why()));
    }

    private static CallRow read(DbRow row) {
        long ended = DbQueries.number(row, "ended_ms");
        long adjusts = DbQueries.number(row, "adjusts");
        String group = row.column("group_name").getString();
        return new CallRow(
                new CallId(DbQueries.number(row, "id")),
                Instant.ofEpochMilli(DbQueries.number(row, "booked_ms")),
                ended == 0 ? null : Instant.ofEpochMilli(ended),
                CallState.coded((int) DbQueries.number(row, "state")),
                row.column("user_name").getString(),
                row.column("public_id").getString(),
                group.isEmpty() ? null : group,
                row.column("operation").getString(),
                row.column("reason").getString(),
                (int) DbQueries.number(row, "status"),
                Usd.ofNanos(DbQueries.number(row, "held_nanos")),
                bill(row),
                adjusts == 0 ? null : new CallId(adjusts));
    }

    private static CallOutcome.Bill bill(DbRow row) {
        return new CallOutcome.Bill(
                Usd.ofNanos(DbQueries.number(row, "cost_nanos")),
                row.column("model").getString(),
                row.column("tier").getString(),
                row.column("lines").getString(),
                DbQueries.number(row, "input_tokens"),
                DbQueries.number(row, "cached_tokens"),
                DbQueries.number(row, "output_tokens"),
                row.column("price_version").getString());
    }
}
