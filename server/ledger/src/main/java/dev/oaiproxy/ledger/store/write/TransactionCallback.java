package dev.oaiproxy.ledger.store.write;

import java.sql.SQLException;

/**
 * A piece of work in a transaction of the writer. It may run more than once before it is committed,
 * so it changes nothing but the database.
 */
@FunctionalInterface
public interface TransactionCallback<T> {
    T run(Transaction transaction) throws SQLException;
}
