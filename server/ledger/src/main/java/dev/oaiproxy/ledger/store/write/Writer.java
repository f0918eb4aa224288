package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.alarm.FatalErrors;
import dev.oaiproxy.base.metrics.Metrics;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.ledger.store.connection.DatabaseHealth;
import dev.oaiproxy.ledger.store.connection.DatabaseSilence;
import dev.oaiproxy.ledger.store.sql.ConnectionSource;
import dev.oaiproxy.ledger.store.sql.Dialect;
import dev.oaiproxy.ledger.store.sql.ErrorScope;
import dev.oaiproxy.ledger.store.sql.SqlCallback;
import dev.oaiproxy.ledger.store.sql.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes. It commits all waiting work together, so that one flush of the disk
 * serves many calls; it never waits for more work.
 */
public final class Writer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Writer.class.getName());
    private static final int MOST_TOGETHER = 250;
    private static final int MOST_WAITING = 20_000;
    private static final int MOST_TRIES = 5;
    private static final int PAUSE_MILLIS = 20;
    private static final long IDLE_MILLIS = 100;

    private final ConnectionSource source;
    private final Dialect dialect;
    private final DatabaseSilence databaseSilence;
    private final DatabaseHealth watch;
    private final Metrics metrics;
    private final BlockingQueue<PendingWrite<?>> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread;
    private volatile boolean closing;
    private @Nullable Transaction transaction;

    /** True once the commit has started; before that, a failure undoes everything. */
    private boolean committing;

    /**
     * @param databaseSilence measures the silence after which callers are told that the database is
     *     unavailable
     * @param watch checked before each commit, and told of its result
     */
    public Writer(
            ConnectionSource source,
            Dialect dialect,
            DatabaseSilence databaseSilence,
            DatabaseHealth watch,
            Metrics metrics) {
        this.watch = watch;
        this.source = source;
        this.dialect = dialect;
        this.databaseSilence = databaseSilence;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name("ledger-writer").start(this::loop);
    }

    /**
     * Runs and commits a piece of work in plain SQL.
     *
     * @throws StoreException when that failed, or is not known to have succeeded
     */
    public <T> T write(SqlCallback<T> work) {
        return transact(transaction -> work.run(transaction.sql()));
    }

    /**
     * Runs and commits a piece of work that uses the unit of work, too.
     *
     * @throws StoreException when that failed, or is not known to have succeeded
     */
    public <T> T transact(TransactionCallback<T> work) {
        return transact(new PendingWrite<>(null, work));
    }

    /**
     * Runs and commits a piece of work that uses the unit of work alone. All such work of a commit
     * runs first, so that its rows are read and written together.
     *
     * @param announcement tells the unit of work which rows the work will need
     * @throws StoreException when that failed, or is not known to have succeeded
     */
    <T> T transact(Consumer<UnitOfWork> announcement, TransactionCallback<T> work) {
        return transact(new PendingWrite<>(announcement, work));
    }

    private <T> T transact(PendingWrite<T> write) {
        if (closing || !queue.offer(write)) {
            throw StoreException.undone("too many writes wait for the database");
        }
        return Deadline.spend(
                databaseSilence.mostMillis(), most -> write.await(databaseSilence, most));
    }

    /** The number of waiting writes. */
    public int waiting() {
        return queue.size();
    }

    /** Finishes the waiting work, then stops. */
    @Override
    public void close() {
        closing = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        List<PendingWrite<?>> batch = new ArrayList<>();
        while (round(batch)) {
            batch.clear();
        }
        drop();
    }

    /** Commits the waiting work; false when the writer is closed and nothing waits. */
    private boolean round(List<PendingWrite<?>> batch) {
        try {
            if (!fill(batch)) {
                return false;
            }
            batch.removeIf(write -> !write.take());
            batch.sort(Comparator.comparing(write -> !write.isBatched()));
            if (!batch.isEmpty()) {
                commit(batch);
            }
        } catch (RuntimeException e) {
            // Nobody could write any more if this thread ended.
            Alarms.raise(LOG, "writer_failed", e);
            fail(batch, "the writer failed because of a bug", e);
        }
        return true;
    }

    private boolean fill(List<PendingWrite<?>> batch) {
        committing = false;
        try {
            PendingWrite<?> first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
            if (first == null) {
                return !closing;
            }
            batch.add(first);
            queue.drainTo(batch, MOST_TOGETHER - 1);
            return true;
        } catch (InterruptedException e) {
            LOG.log(System.Logger.Level.WARNING, "event=writer_interrupted");
            return true;
        }
    }

    private void commit(List<PendingWrite<?>> batch) {
        for (int attempt = 1; ; attempt++) {
            committing = false;
            try {
                tryCommit(batch);
                batch.forEach(PendingWrite::committed);
                return;
            } catch (SQLException e) {
                boolean passing = dialect.errorScope(e) == ErrorScope.TRANSIENT;
                rollback();
                // The database itself has undone a commit that failed for a passing reason.
                committing &= !passing;
                if (!passing) {
                    drop();
                }
                if (!passing || attempt == MOST_TRIES) {
                    watch.failed(e);
                    fail(batch, "the commit failed", e);
                    return;
                }
                pause(attempt);
            } catch (StoreException e) {
                // The file was replaced; the connection is the last one to the old file, and stays.
                rollback();
                batch.forEach(write -> write.failed(e));
                return;
            } catch (RuntimeException | Error e) {
                FatalErrors.report(e);
                rollback();
                drop();
                fail(batch, "the commit failed", e);
                return;
            }
        }
    }

    /**
     * Commits all work in one go, since a savepoint costs two round trips and is seldom needed.
     * When one piece has to be undone, all run again, each in a savepoint.
     */
    private void tryCommit(List<PendingWrite<?>> batch) throws SQLException {
        long start = System.nanoTime();
        watch.requireWhole();
        Transaction open = claimed(batch);
        if (!run(open, batch)) {
            open.rollback();
            open = claimed(List.of());
            for (PendingWrite<?> write : batch) {
                write.runApart(open, dialect);
                databaseSilence.heard();
            }
        }
        watch.requireWhole();
        committing = true;
        open.commit();
        watch.committed();
        databaseSilence.heard();
        metrics.committed(System.nanoTime() - start);
        open.takeEnded().forEach(metrics::ended);
    }

    private boolean run(Transaction open, List<PendingWrite<?>> batch) throws SQLException {
        for (PendingWrite<?> write : batch) {
            boolean ready = write.isBatched() || isFlushed(open);
            if (!ready || !write.run(open, dialect)) {
                return false;
            }
            databaseSilence.heard();
        }
        return isFlushed(open);
    }

    /** Flushes; false when some work has rows that the database refuses. */
    private boolean isFlushed(Transaction open) throws SQLException {
        try {
            open.flush();
            return true;
        } catch (SQLException e) {
            if (dialect.errorScope(e) != ErrorScope.STATEMENT) {
                throw e;
            }
            return false;
        } catch (StoreException e) {
            return false;
        }
    }

    /**
     * The connection, reopened when it has died since its last use.
     *
     * @param announced tells the unit of work which rows it will need
     */
    private Transaction claimed(List<PendingWrite<?>> announced) throws SQLException {
        Transaction open = transaction;
        if (open != null) {
            try {
                claim(open, announced);
                return open;
            } catch (SQLException e) {
                if (dialect.errorScope(e) != ErrorScope.FATAL) {
                    throw e;
                }
                drop();
            }
        }
        open = new Transaction(source.open());
        transaction = open;
        claim(open, announced);
        return open;
    }

    private void claim(Transaction open, List<PendingWrite<?>> announced) throws SQLException {
        announced.forEach(write -> write.announce(open.unitOfWork()));
        try {
            open.claim();
            databaseSilence.heard();
        } catch (SQLException e) {
            if (dialect.errorScope(e) == ErrorScope.TRANSIENT) {
                source.unblock();
            }
            throw e;
        }
    }

    private void fail(List<PendingWrite<?>> batch, String message, Throwable cause) {
        StoreException why =
                committing
                        ? StoreException.unknown(message, cause)
                        : StoreException.undone(message, cause);
        batch.forEach(write -> write.failed(why));
    }

    private void rollback() {
        try {
            if (transaction != null) {
                transaction.rollback();
            }
        } catch (SQLException e) {
            drop();
        }
    }

    private void drop() {
        Transaction open = transaction;
        transaction = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.DEBUG, "event=connection_not_closed", e);
        }
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(PAUSE_MILLIS) * attempt);
        } catch (InterruptedException e) {
            LOG.log(System.Logger.Level.WARNING, "event=writer_interrupted");
        }
    }
}
