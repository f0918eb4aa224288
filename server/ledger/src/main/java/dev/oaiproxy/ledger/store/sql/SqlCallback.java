package dev.oaiproxy.ledger.store.sql;

import java.sql.SQLException;

/**
 * A piece of work in plain SQL. It may run more than once, so it changes nothing but the database.
 */
@FunctionalInterface
public interface SqlCallback<T> {
    T run(Tx tx) throws SQLException;
}
