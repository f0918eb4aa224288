package dev.oaiproxy.ledger.store.write;

import java.sql.SQLException;
import java.util.function.Consumer;

/**
 * A write that uses the unit of work of its transaction, and no SQL of its own. The writer runs
 * these before all others of a commit, so that their rows are read and written together.
 *
 * @param announce tells the unit of work which rows the work will need
 */
record BatchedWrite<T>(Consumer<UnitOfWork> announce, TransactionCallback<T> work)
        implements TransactionCallback<T> {
    @Override
    public T run(Transaction transaction) throws SQLException {
        return work.run(transaction);
    }
}
