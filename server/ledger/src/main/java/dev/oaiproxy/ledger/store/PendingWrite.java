package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.alarm.FatalErrors;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A piece of work on its way through the writer, and the caller that waits for it. */
final class PendingWrite<T> {
    private enum Stage {
        QUEUED,
        TAKEN,
        ABANDONED
    }

    private final Transaction<T> transaction;
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);
    private @Nullable T result;
    private @Nullable Throwable failure;

    PendingWrite(Transaction<T> transaction) {
        this.transaction = transaction;
    }

    /** Called by the writer; false when the caller has stopped waiting. */
    boolean take() {
        return stage.compareAndSet(Stage.QUEUED, Stage.TAKEN);
    }

    /** Whether it is one of those that are done first. */
    boolean isPosting() {
        return transaction instanceof Transaction.BatchedWrite;
    }

    /** Says which rows it will ask for. */
    void announce(UnitOfWork unitOfWork) {
        if (transaction instanceof Transaction.BatchedWrite<T> batchedWrite) {
            batchedWrite.announce().accept(unitOfWork);
        }
    }

    /**
     * Runs the work. What stands on the page afterwards is yet to be written.
     *
     * @return false when what it has done must be undone, whatever else its transaction did
     * @throws SQLException when the whole transaction must be given up
     */
    boolean run(Tx tx, Dialect dialect) throws SQLException {
        return run(transaction, tx, dialect);
    }

    private boolean run(Transaction<T> some, Tx tx, Dialect dialect) throws SQLException {
        failure = null;
        try {
            result = some.run(tx);
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
            // Most errors, too, are the caller's: the writer serves all others.
            FatalErrors.report(e);
            failure = e;
        }
        return false;
    }

    /** The same in a savepoint, so that what must be undone is not what the others did. */
    void runApart(Tx tx, Dialect dialect) throws SQLException {
        Savepoint savepoint = tx.savepoint();
        if (!run(this::written, tx, dialect)) {
            tx.rollback(savepoint);
        }
        tx.release(savepoint);
    }

    private T written(Tx tx) throws SQLException {
        T value = transaction.run(tx);
        tx.page().write();
        return value;
    }

    /** Tells the caller what came of it, after the commit. */
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
     * Waits for the commit; also when interrupted, for whether money was moved has to be known, and
     * the wait is short.
     *
     * @param millis for how long the database may be silent
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
            boolean undone = stage.compareAndSet(Stage.QUEUED, Stage.ABANDONED);
            throw new StoreException("the database did not answer in time", e, undone);
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unwrapped(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException known) {
            return known;
        }
        return StoreException.refused(
                cause == null ? new IllegalStateException("no cause") : cause);
    }
}
