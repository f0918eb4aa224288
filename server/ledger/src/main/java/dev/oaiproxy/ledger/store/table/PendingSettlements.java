package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.write.Accounts;
import dev.oaiproxy.ledger.store.write.OpenCall;
import dev.oaiproxy.ledger.store.write.Transaction;
import dev.oaiproxy.ledger.store.write.Writer;
import dev.oaiproxy.metering.money.Usd;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/**
 * Held calls whose cost OpenAI reports later. The ledger deletes a row in the transaction that ends
 * its call, so none is ever settled twice.
 */
public record PendingSettlements(Writer writer, ReaderThreads readerThreads, InstantSource clock) {
    /** The longest terms that can be kept. */
    public static final int LONGEST_TERMS = 1000;

    private static final String INSERT =
            """
            INSERT INTO deferred (call_id, kind, object_id, terms, attempts, misses, next_ms,
                created_ms)
            VALUES (?, ?, ?, ?, 0, 0, ?, ?)
            """;

    private static final String DUE =
            """
            SELECT d.*, c.held_nanos, c.model, c.user_id, c.key_id
            FROM deferred d JOIN calls c ON c.id = d.call_id
            WHERE d.next_ms <= ? ORDER BY d.next_ms LIMIT ?
            """;

    private static final String CLAIM =
            """
            UPDATE deferred SET attempts = attempts + 1, next_ms = ?
            WHERE call_id = ? AND attempts = ?
            """;

    private static final String MISS = "UPDATE deferred SET misses = misses + 1 WHERE call_id = ?";

    private static final String SEEN = "UPDATE deferred SET misses = 0 WHERE call_id = ?";

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    /** The kind of object that OpenAI is asked for. */
    public enum SettlementKind {
        RESPONSE,
        BATCH,
        FINE_TUNING;

        /** Its name in the database, and in logs. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A settlement to be made.
     *
     * @param objectId the id of the response, or of the batch
     * @param terms the terms by which its usage is read
     */
    public record Task(CallId call, SettlementKind kind, String objectId, String terms) {}

    /**
     * A task, and its call.
     *
     * @param model the model that its hold was priced by
     * @param owner its owner
     * @param attempts the number of requests to OpenAI
     * @param misses the number of times in a row that OpenAI did not know the object
     */
    public record Due(
            Task task,
            Usd held,
            String model,
            OwnedObjects.Owner owner,
            long attempts,
            long misses,
            Instant createdAt) {}

    /**
     * Records a task, durably. From then on the call is no longer in flight, and the settler ends
     * it.
     *
     * @return false when the call is not held any more
     * @throws StoreException when it is not known to have been written
     */
    public boolean add(Task task) {
        return writer.transact(transaction -> add(transaction, task, clock.millis()));
    }

    private boolean add(Transaction transaction, Task task, long now) throws SQLException {
        long id = task.call().value();
        OpenCall call = transaction.unitOfWork().call(id).orElse(null);
        if (call == null) {
            return false;
        }
        Accounts.land(transaction.unitOfWork(), call);
        transaction.flush();
        transaction
                .sql()
                .update(
                        INSERT,
                        id,
                        task.kind().label(),
                        task.objectId(),
                        task.terms(),
                        now + FIRST_WAIT.toMillis(),
                        now);
        return true;
    }

    /** The tasks whose time has come, the longest due first. */
    public List<Due> due(int limit) {
        return readerThreads.list(DUE, PendingSettlements::read, clock.millis(), limit);
    }

    /** Claims a task and postpones it; false when another node has claimed it, or it is done. */
    public boolean claim(Due due, Instant next) {
        return writer.write(
                        tx ->
                                tx.update(
                                        CLAIM,
                                        next.toEpochMilli(),
                                        due.task().call().value(),
                                        due.attempts()))
                > 0;
    }

    /** Notes that OpenAI did not know the object. */
    public void missed(Due due) {
        update(MISS, due);
    }

    /** Notes that the object exists after all, or that OpenAI did not say. */
    public void seen(Due due) {
        if (due.misses() > 0) {
            update(SEEN, due);
        }
    }

    private void update(String sql, Due due) {
        writer.write(tx -> tx.update(sql, due.task().call().value()));
    }

    private static Due read(ResultSet row) throws SQLException {
        return new Due(
                new Task(
                        new CallId(row.getLong("call_id")),
                        SettlementKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                        row.getString("object_id"),
                        row.getString("terms")),
                Usd.ofNanos(row.getLong("held_nanos")),
                row.getString("model"),
                new OwnedObjects.Owner(row.getLong("user_id"), row.getLong("key_id")),
                row.getLong("attempts"),
                row.getLong("misses"),
                Instant.ofEpochMilli(row.getLong("created_ms")));
    }
}
