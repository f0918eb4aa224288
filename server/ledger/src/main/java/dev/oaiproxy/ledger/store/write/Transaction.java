package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.base.metrics.EndedCall;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;

/**
 * The open transaction of the writer: its SQL, and its unit of work.
 *
 * <p>Nothing is flushed behind the caller's back. A plain statement that the unit of work stands in
 * the way of throws {@link IllegalStateException}; {@link #flush} comes before it. Belongs to one
 * thread.
 */
public final class Transaction implements AutoCloseable {
    private final Tx tx;
    private final UnitOfWork unitOfWork;
    private final List<EndedCall> ended = new ArrayList<>();
    private int endedAtSavepoint;

    Transaction(Tx tx) {
        this.tx = tx;
        this.unitOfWork = new UnitOfWork(tx.preparedStatements());
        tx.guardBy(unitOfWork);
    }

    /** Plain SQL in this transaction. */
    public Tx sql() {
        return tx;
    }

    /** The rows that calls change, many of which are read and written together. */
    public UnitOfWork unitOfWork() {
        return unitOfWork;
    }

    /** Writes all changes of the unit of work, and drops what it has read. */
    public void flush() throws SQLException {
        unitOfWork.flush();
    }

    /** Has a call counted when the transaction is committed. */
    void countEnded(EndedCall call) {
        ended.add(call);
    }

    /** The calls that the transaction has ended; read once, after the commit. */
    List<EndedCall> takeEnded() {
        List<EndedCall> taken = List.copyOf(ended);
        ended.clear();
        return taken;
    }

    /** Waits for the lock of all writers; may read what has been announced to the unit of work. */
    void claim() throws SQLException {
        unitOfWork.claim();
    }

    Savepoint savepoint() throws SQLException {
        endedAtSavepoint = ended.size();
        return tx.savepoint();
    }

    void rollback(Savepoint savepoint) throws SQLException {
        unitOfWork.clear();
        ended.subList(endedAtSavepoint, ended.size()).clear();
        tx.rollback(savepoint);
    }

    void release(Savepoint savepoint) throws SQLException {
        tx.release(savepoint);
    }

    /**
     * Commits what has been written.
     *
     * @throws IllegalStateException when the unit of work is not flushed
     */
    void commit() throws SQLException {
        tx.commit();
    }

    void rollback() throws SQLException {
        unitOfWork.clear();
        ended.clear();
        tx.rollback();
    }

    @Override
    public void close() throws SQLException {
        tx.close();
    }

    /** Thrown by a piece of work to undo what it did, and nothing else; carries its result. */
    public static final class Rollback extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Object result;

        public Rollback(Object result) {
            super("undone", null, false, false);
            this.result = result;
        }

        Object result() {
            return result;
        }
    }
}
