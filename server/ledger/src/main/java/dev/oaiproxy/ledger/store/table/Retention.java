package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.base.schedule.PeriodicTask;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.FurtherAccounts;
import dev.oaiproxy.ledger.store.write.Rollups;
import dev.oaiproxy.ledger.store.write.Writer;
import dev.oaiproxy.metering.object.ObjectKind;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deletes old rows, in steps so small that no call waits for them. Calls are deleted by whole days;
 * accounts and roll-ups stay, and the audit uses them for the deleted days.
 */
public final class Retention implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Retention.class.getName());

    /** The number of rows that a step deletes, which holds up the writer for milliseconds. */
    private static final int STEP_ROWS = 200;

    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration REST = Duration.ofHours(1);

    private static final String OLD_BODIES =
            "SELECT call_id FROM bodies WHERE call_id < ? ORDER BY call_id LIMIT ?";

    /** A correction has the time of the call that it corrects, and is deleted before it. */
    private static final String OLD_CALLS =
            """
            SELECT id, booked_ms, cost_nanos, quotas FROM calls
            WHERE booked_ms < ? ORDER BY booked_ms, adjusts DESC LIMIT ?
            """;

    private static final String CARRY_ON =
            """
            UPDATE carryovers SET cost_nanos = cost_nanos + ?
            WHERE account_id = ? AND booked_ms = ?
            """;

    /** Nothing is carried over to a quota that was removed and is forgotten. */
    private static final String CARRY =
            """
            INSERT INTO carryovers (cost_nanos, account_id, booked_ms)
            SELECT ?, id, ? FROM accounts WHERE id = ?
            """;

    private static final String OLDEST_OPEN = "SELECT MIN(booked_ms) FROM calls WHERE state = 0";

    /**
     * OpenAI keeps responses and stored chats for 30 days. Nobody can ask for an object without an
     * owner.
     */
    private static final Duration OWNED = Duration.ofDays(60);

    private static final List<ObjectKind> PASSING =
            List.of(ObjectKind.RESPONSE, ObjectKind.ITEM, ObjectKind.COMPLETION, ObjectKind.AUDIO);

    private static final String OLD_OBJECTS =
            "SELECT id FROM objects WHERE kind = ? AND created_ms < ? ORDER BY created_ms LIMIT ?";

    private static final String DELETE_OBJECT = "DELETE FROM objects WHERE id = ?";

    private static final String DELETE_BODIES = "DELETE FROM bodies WHERE call_id = ?";
    private static final String DELETE_CALL = "DELETE FROM calls WHERE id = ?";
    private static final String MOVE = "UPDATE horizon SET day = ? WHERE id = 1";

    private final Writer writer;
    private final Rollups rollups;
    private final InstantSource clock;
    private final Duration bodyAge;
    private final Duration callAge;
    private @Nullable PeriodicTask periodicTask;
    private Instant restUntil = Instant.MIN;

    /**
     * @param bodyAge the age at which requests and responses are deleted; zero for never
     * @param callAge the age at which calls are deleted; zero for never
     */
    public Retention(
            Writer writer,
            Rollups rollups,
            InstantSource clock,
            Duration bodyAge,
            Duration callAge) {
        this.writer = writer;
        this.rollups = rollups;
        this.clock = clock;
        this.bodyAge = bodyAge;
        this.callAge = callAge;
    }

    /** Deletes step by step from now on, until it is closed. */
    public void start() {
        periodicTask = PeriodicTask.start("retention", PAUSE, this::round);
    }

    private void round() {
        Instant now = clock.instant();
        if (now.isBefore(restUntil)) {
            return;
        }
        try {
            if (!step()) {
                restUntil = now.plus(REST);
            }
        } catch (RuntimeException e) {
            // The database may be unavailable.
            LOG.log(Level.WARNING, "event=retention_failed cause={0}", e.toString());
            restUntil = now.plus(REST);
        }
    }

    /** Deletes one step; false when nothing old is left. */
    boolean step() {
        Instant now = clock.instant();
        long passed = now.minus(OWNED).toEpochMilli();
        boolean any = writer.write(tx -> dropObjects(tx, passed));
        if (!bodyAge.isZero()) {
            long oldest = CallId.firstOf(now.minus(bodyAge));
            any |= writer.write(tx -> dropBodies(tx, oldest));
        }
        if (!callAge.isZero()) {
            long day = rollups.day(now.minus(callAge).toEpochMilli());
            any |= writer.write(tx -> dropCalls(tx, day));
        }
        return any;
    }

    private static boolean dropObjects(Tx tx, long oldest) throws SQLException {
        boolean any = false;
        for (ObjectKind kind : PASSING) {
            List<String> ids =
                    tx.list(OLD_OBJECTS, row -> row.getString(1), kind.label(), oldest, STEP_ROWS);
            any |= delete(tx, ids, DELETE_OBJECT);
        }
        return any;
    }

    private static boolean dropBodies(Tx tx, long oldest) throws SQLException {
        List<Long> calls = tx.list(OLD_BODIES, row -> row.getLong(1), oldest, STEP_ROWS);
        return delete(tx, calls, DELETE_BODIES);
    }

    private boolean dropCalls(Tx tx, long day) throws SQLException {
        long end = rollups.startOfDay(movedTo(tx, day));
        List<OldCall> calls = tx.list(OLD_CALLS, OldCall::read, end, STEP_ROWS);
        for (OldCall call : calls) {
            carryOver(tx, call);
        }
        List<Long> ids = calls.stream().map(OldCall::id).toList();
        return delete(tx, ids, DELETE_BODIES, DELETE_CALL);
    }

    /** The columns of a call that outlive it. */
    private record OldCall(long id, long bookedMillis, long costNanos, FurtherAccounts quotas) {
        static OldCall read(ResultSet row) throws SQLException {
            return new OldCall(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    FurtherAccounts.of(row.getString(4)));
        }
    }

    /** Keeps what a call has cost with the further accounts that it paid into. */
    private void carryOver(Tx tx, OldCall call) throws SQLException {
        if (call.costNanos() == 0) {
            return;
        }
        long day = rollups.startOfDay(rollups.day(call.bookedMillis()));
        for (long account : call.quotas().numbers()) {
            if (tx.update(CARRY_ON, call.costNanos(), account, day) == 0) {
                tx.update(CARRY, call.costNanos(), day, account);
            }
        }
    }

    private static boolean delete(Tx tx, List<?> ids, String... statements) throws SQLException {
        for (Object id : ids) {
            for (String statement : statements) {
                tx.update(statement, id);
            }
        }
        return !ids.isEmpty();
    }

    /** Moves the horizon first, so that no report looks for calls that are being deleted. */
    private long movedTo(Tx tx, long day) throws SQLException {
        long horizon = rollups.horizon(tx);
        // A held call will be charged; until then its day is kept.
        long open = tx.number(OLDEST_OPEN);
        long next = open == 0 ? day : Math.min(day, rollups.day(open));
        if (next <= horizon) {
            return horizon;
        }
        tx.update(MOVE, next);
        return next;
    }

    @Override
    public void close() {
        if (periodicTask != null) {
            periodicTask.close();
        }
    }
}
