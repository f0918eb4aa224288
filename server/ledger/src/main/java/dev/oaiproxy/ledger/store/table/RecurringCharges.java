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

/** What costs money while OpenAI keeps it, and until when each of it is paid. */
public final class RecurringCharges {
    /** What a container is charged for at a time, and so what the one that makes it has paid. */
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

    /** Fails when somebody else has paid in the meantime. */
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

    /** A use beyond what is paid is seen to at once. */
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

    /** After a container should have ended, for the clocks of others. */
    public static final Duration MARGIN = Duration.ofMinutes(5);

    private final Writer writer;
    private final ReaderThreads readerThreads;
    private final InstantSource clock;
    private final SqlLedger ledger;

    public RecurringCharges(
            Writer writer, ReaderThreads readerThreads, InstantSource clock, SqlLedger ledger) {
        this.writer = writer;
        this.readerThreads = readerThreads;
        this.clock = clock;
        this.ledger = ledger;
    }

    /** What came of paying. */
    public sealed interface Payment {
        /** It is on the ledger, and the stretch of time is paid. */
        record Paid() implements Payment {}

        /** Somebody else has paid, or it is not kept any more. */
        record Overtaken() implements Payment {}

        /** The quota does not allow it, and nothing has changed. */
        record Refused(Admission.OverQuota why) implements Payment {}
    }

    /** Writes down something that costs from now on; the call that made it pays a session. */
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

    /** One of them, if it is still kept. */
    public Optional<BilledResource> find(String id) {
        return readerThreads.read(tx -> tx.first(FIND, RecurringCharges::read, id));
    }

    /** Those whose time has come, the longest due first. */
    public List<BilledResource> due(int limit) {
        return readerThreads.read(
                tx -> tx.list(DUE, RecurringCharges::read, clock.millis(), limit));
    }

    /** Takes one on, which puts it off at the same time; false when another has. */
    public boolean claim(BilledResource resource, Instant next) {
        return update(CLAIM, millis(next), resource.id(), millis(resource.next()));
    }

    /**
     * Holds and charges in one transaction, in which also moves until when the object is paid.
     *
     * @param before what it was taken to be; when it is not, nothing is charged
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
                        return new Payment.Refused(refusal);
                    }
                    transaction.flush();
                    if (!moved(transaction.sql(), before, after)) {
                        throw new Transaction.Rollback(new Payment.Overtaken());
                    }
                    return new Payment.Paid();
                });
    }

    /** The same where the stretch costs nothing. */
    public boolean payNothing(BilledResource before, BilledResource after) {
        return writer.write(tx -> moved(tx, before, after));
    }

    /** Asked first, so that a payment that is refused, as many are, has nothing to undo. */
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
     * Writes down what was learned, and when it is to be seen to next; nothing, when somebody has
     * used it in the meantime.
     *
     * @param claimed the moment that it was put off to when it was taken on
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

    /** Notes since when the quota has not allowed what is due. */
    public void owe(String id, Instant since) {
        update(OWE, millis(since), id);
    }

    /** Notes that a container is used now. */
    public void use(String id) {
        long now = clock.millis();
        update(USE, now, now, now, now, MARGIN.toMillis(), id);
    }

    /** Notes that a session more of a container has been paid by the call that used it. */
    public void extend(String id) {
        extend(id, Instant.ofEpochMilli(Long.MAX_VALUE));
    }

    /** The same, unless it has been used since a moment. */
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

    /** Has one seen to soon, because its size has changed. */
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

    /** Whether things of a kind cost while they are kept. */
    public static boolean isOf(ObjectKind kind) {
        return kind == ObjectKind.CONTAINER || kind == ObjectKind.VECTOR_STORE;
    }

    /** Ends one for which OpenAI bills no more. */
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
