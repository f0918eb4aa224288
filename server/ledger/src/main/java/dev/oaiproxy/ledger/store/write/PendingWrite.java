package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.base.alarm.FatalErrors;
import dev.oaiproxy.ledger.store.connection.DatabaseSilence;
import dev.oaiproxy.ledger.store.sql.Dialect;
import dev.oaiproxy.ledger.store.sql.ErrorScope;
import dev.oaiproxy.ledger.store.sql.StoreException;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A piece of work in the writer's queue, and its waiting caller. */
final class PendingWrite<T> {
    private enum Stage {
        QUEUED,
        TAKEN,
        ABANDONED
    }

    private final @Nullable Consumer<UnitOfWork> announcement;
    private final TransactionCallback<T> work;
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);
    private @Nullable T result;
    private @Nullable Throwable failure;

    /**
     * @param announcement tells the unit of work which rows the work will need, for work without
     *     SQL of its own; null for other work
     */
    PendingWrite(@Nullable Consumer<UnitOfWork> announcement, TransactionCallback<T> work) {
        this.announcement = announcement;
        this.work = work;
    }

    /** Takes the work out of the queue; false when the caller has stopped waiting. */
    boolean take() {
        return stage.compareAndSet(Stage.QUEUED, Stage.TAKEN);
    }

    /** True for work without SQL of its own, which runs before all others of a commit. */
    boolean isBatched() {
        return announcement != null;
    }

    /** Tells the unit of work which rows the work will need. */
    void announce(UnitOfWork unitOfWork) {
        if (announcement != null) {
            announcement.accept(unitOfWork);
        }
    }

    /**
     * Runs the work. What it leaves in the unit of work is yet to be flushed.
     *
     * @return false when what it has done must be undone, whatever else its transaction did
     * @throws SQLException when the whole transaction must be given up
     */
    boolean run(Transaction transaction, Dialect dialect) throws SQLException {
        return run(work, transaction, dialect);
    }

    private boolean run(TransactionCallback<T> some, Transaction transaction, Dialect dialect)
            throws SQLException {
        failure = null;
        try {
            result = some.run(transaction);
            return true;
        } catch (Transaction.Rollback rollback) {
            @SuppressWarnings("unchecked") // The work that throws it gives a value of its own type.
            T value = (T) rollback.result();
            result = value;
        } catch (SQLException e) {
            if (dialect.errorScope(e) != ErrorScope.STATEMENT) {
                throw e;
            }
            failure = e;
        } catch (RuntimeException | Error e) {
            // Most errors, too, concern only this caller; the writer serves all others.
            FatalErrors.report(e);
            failure = e;
        }
        return false;
    }

    /** Runs the work in a savepoint, so that a failure undoes only this work. */
    void runApart(Transaction transaction, Dialect dialect) throws SQLException {
        Savepoint savepoint = transaction.savepoint();
        if (!run(this::flushed, transaction, dialect)) {
            transaction.rollback(savepoint);
        }
        transaction.release(savepoint);
    }

    private T flushed(Transaction transaction) throws SQLException {
        T value = work.run(transaction);
        transaction.flush();
        return value;
    }

    /** Gives the caller its result, after the commit. */
    void committed() {
        Throwable failed = failure;
        if (failed != null) {
            outcome.completeExceptionally(failed);
        } else {
            @SuppressWarnings("NullAway") // T may itself be a nullable type.
            T value = result;
            outcome.complete(value);
        }
    }

    /** Tells the caller that the transaction failed. */
    void failed(StoreException why) {
        outcome.completeExceptionally(why);
    }

    /**
     * Waits for the commit, even when interrupted: the caller must know if money was moved, and the
     * wait is short.
     *
     * @param millis the longest silence of the database
     */
    T await(DatabaseSilence databaseSilence, long millis) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return databaseSilence.await(outcome, millis);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            String silence = "the database did not answer in time";
            throw stage.compareAndSet(Stage.QUEUED, Stage.ABANDONED)
                    ? StoreException.undone(silence, e)
                    : StoreException.unknown(silence, e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : StoreException.refused(failure == null ? e : failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
