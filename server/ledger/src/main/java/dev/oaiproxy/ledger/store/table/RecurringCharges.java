package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.SqlLedger;
import dev.oaiproxy.ledger.store.write.Transaction;
import dev.oaiproxy.ledger.store.write.Writer;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The objects that cost money while OpenAI keeps them, and the time up to which each is paid. */
public record RecurringCharges(
        Writer writer, ReaderThreads readerThreads, InstantSource clock, SqlLedger ledger) {
    /**
     * The session of a container, its unit of billing; the call that makes it pays the first one.
     */
    public static final Duration SESSION = Duration.ofMinutes(20);

    private static final Duration FIRST_LOOK = Duration.ofSeconds(1);

    private static final String INSERT =
            """
            INSERT INTO accruals (object_id, kind, user_id, key_id, paid_ms, paid_bytes, memory,
                idle_ms, used_ms, misses, owed_ms, next_ms)
            VALUES (?, ?, ?, ?, ?, 0, '', ?, ?, 0, 0, ?)
            """;

    private static final String FIND = "SELECT * FROM accruals WHERE object_id = ?";
    private static final String DUE =
            "SELECT * FROM accruals WHERE next_ms <= ? ORDER BY next_ms LIMIT ?";
    private static final String CLAIM =
            "UPDATE accruals SET next_ms = ? WHERE object_id = ? AND next_ms = ?";

    /** Changes no row when another node has paid in the meantime. */
    private static final String PAY =
            """
            UPDATE accruals SET paid_ms = ?, paid_bytes = ?, owed_ms = 0
            WHERE object_id = ? AND paid_ms = ? AND paid_bytes = ?
            """;

    private static final String NOTE =
            """
            UPDATE accruals SET memory = ?, idle_ms = ?, misses = ?, owed_ms = ?,
                used_ms = CASE WHEN used_ms < ? THEN ? ELSE used_ms END, next_ms = ?
            WHERE object_id = ? AND next_ms = ?
            """;

    private static final String OWE = "UPDATE accruals SET owed_ms = ? WHERE object_id = ?";

    /** A use beyond the paid time is due at once. */
    private static final String USE =
            """
            UPDATE accruals SET used_ms = ?,
                next_ms = CASE WHEN paid_ms <= ? THEN ? ELSE ? + idle_ms + ? END
            WHERE object_id = ? AND kind = 'container'
            """;

    private static final String EXTEND =
            """
            UPDATE accruals SET used_ms = ?,
                paid_ms = (CASE WHEN paid_ms < ? THEN ? ELSE paid_ms END) + ?,
                next_ms = ? + idle_ms + ?
            WHERE object_id = ? AND kind = 'container' AND used_ms < ?
            """;

    private static final String HASTEN =
            "UPDATE accruals SET next_ms = ? WHERE object_id = ? AND next_ms > ?";

    static final String FORGET = "DELETE FROM accruals WHERE object_id = ?";

    /** A margin after the end of a container, for differences between clocks. */
    public static final Duration MARGIN = Duration.ofMinutes(5);

    /** The result of a payment. */
    public sealed interface Payment {
        /** The charge is on the ledger, and the time is paid. */
        record Paid() implements Payment {}

        /** Another node has paid, or the object is gone. */
        record Overtaken() implements Payment {}

        /** The quota does not allow it, and nothing has changed. */
        record Declined(Admission.OverQuota why) implements Payment {}
    }

    /** Records an object that costs money from now on; the call that made it pays a session. */
    static void open(Tx tx, ObjectReference object, OwnedObjects.Owner owner, long now)
            throws SQLException {
        if (isOf(object.kind())) {
            boolean container = object.kind() == ObjectKind.CONTAINER;
            tx.update(
                    INSERT,
                    object.id(),
                    object.kind().label(),
                    owner.user(),
                    owner.key(),
                    container ? now + SESSION.toMillis() : 0,
                    SESSION.toMillis(),
                    now,
                    now + FIRST_LOOK.toMillis());
        }
    }

    /** An object, if it is still recorded. */
    public Optional<BilledResource> find(String id) {
        return readerThreads.read(tx -> tx.first(FIND, RecurringCharges::read, id));
    }

    /** The objects that are due, the longest due first. */
    public List<BilledResource> due(int limit) {
        return readerThreads.list(DUE, RecurringCharges::read, clock.millis(), limit);
    }

    /** Claims an object and postpones it; false when another node has. */
    public boolean claim(BilledResource resource, Instant next) {
        return update(CLAIM, millis(next), resource.id(), millis(resource.next()));
    }

    /**
     * Charges an object and moves its paid time, in one transaction.
     *
     * @param before the expected state; when it differs, nothing is charged
     */
    public Payment pay(
            BilledResource before, BilledResource after, HoldRequest order, CallOutcome outcome) {
        return writer.transact(
                transaction -> {
                    if (!isStill(transaction.sql(), before)
                            || !ledger.isOfNode(transaction.unitOfWork(), order)) {
                        return new Payment.Overtaken();
                    }
                    Admission.OverQuota refusal =
                            ledger.buy(transaction, order, outcome).orElse(null);
                    if (refusal != null) {
                        return new Payment.Declined(refusal);
                    }
                    transaction.flush();
                    if (!moved(transaction.sql(), before, after)) {
                        throw new Transaction.Rollback(new Payment.Overtaken());
                    }
                    return new Payment.Paid();
                });
    }

    /** Moves the paid time at no cost. */
    public boolean payNothing(BilledResource before, BilledResource after) {
        return writer.write(tx -> moved(tx, before, after));
    }

    /** Checked first, so that a refused payment, which is frequent, has nothing to undo. */
    private static boolean isStill(Tx tx, BilledResource before) throws SQLException {
        return tx.first(FIND, RecurringCharges::read, before.id())
                .filter(now -> now.paidUntil().equals(before.paidUntil()))
                .filter(now -> now.bytes() == before.bytes())
                .isPresent();
    }

    private static boolean moved(Tx tx, BilledResource before, BilledResource after)
            throws SQLException {
        return tx.update(
                        PAY,
                        millis(after.paidUntil()),
                        after.bytes(),
                        before.id(),
                        millis(before.paidUntil()),
                        before.bytes())
                > 0;
    }

    /**
     * Stores what OpenAI reported and the next due time, unless the object was used in the
     * meantime.
     *
     * @param claimed the due time that was set by the claim
     */
    public void note(BilledResource resource, Instant claimed) {
        update(
                NOTE,
                resource.memory(),
                resource.idle().toMillis(),
                resource.misses(),
                millis(resource.owed()),
                millis(resource.used()),
                millis(resource.used()),
                millis(resource.next()),
                resource.id(),
                millis(claimed));
    }

    /** Notes the time since which the quota has not allowed the charge. */
    public void owe(String id, Instant since) {
        update(OWE, millis(since), id);
    }

    /** Notes that a container is used now. */
    public void use(String id) {
        long now = clock.millis();
        update(USE, now, now, now, now, MARGIN.toMillis(), id);
    }

    /** Notes that a call has paid one more session of a container. */
    public void extend(String id) {
        extend(id, Instant.ofEpochMilli(Long.MAX_VALUE));
    }

    /** Notes one more paid session, unless the container has been used since a moment. */
    public void extend(String id, Instant since) {
        long now = clock.millis();
        update(
                EXTEND,
                now,
                now,
                now,
                SESSION.toMillis(),
                now,
                MARGIN.toMillis(),
                id,
                millis(since));
    }

    /** Makes an object due soon, because its size has changed. */
    public void hasten(String id) {
        writer.write(tx -> hasten(tx, id, clock.instant()));
    }

    static int hasten(Tx tx, String id, Instant now) throws SQLException {
        long soon = millis(now.plus(FIRST_LOOK));
        return tx.update(HASTEN, soon, id, soon);
    }

    static boolean isKept(Tx tx, String id) throws SQLException {
        return tx.first(FIND, RecurringCharges::read, id).isPresent();
    }

    /** True for kinds that cost money while they are kept. */
    public static boolean isOf(ObjectKind kind) {
        return kind == ObjectKind.CONTAINER || kind == ObjectKind.VECTOR_STORE;
    }

    /** Deletes an object that OpenAI bills no more. */
    public void close(String id) {
        update(FORGET, id);
    }

    private boolean update(String sql, Object... arguments) {
        return writer.write(tx -> tx.update(sql, arguments)) > 0;
    }

    private static long millis(Instant at) {
        return at.toEpochMilli();
    }

    private static BilledResource read(ResultSet row) throws SQLException {
        return new BilledResource(
                row.getString("object_id"),
                ObjectKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                row.getLong("user_id"),
                row.getLong("key_id"),
                Instant.ofEpochMilli(row.getLong("paid_ms")),
                row.getLong("paid_bytes"),
                row.getString("memory"),
                Duration.ofMillis(row.getLong("idle_ms")),
                Instant.ofEpochMilli(row.getLong("used_ms")),
                row.getLong("misses"),
                Instant.ofEpochMilli(row.getLong("owed_ms")),
                Instant.ofEpochMilli(row.getLong("next_ms")));
    }
}
