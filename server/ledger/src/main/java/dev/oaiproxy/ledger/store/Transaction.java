package dev.oaiproxy.ledger.store;

import java.sql.SQLException;
import java.util.function.Consumer;

/**
 * A piece of work on the database. It may be run more than once before it is committed, so it must
 * change nothing but the database.
 */
@FunctionalInterface
interface Transaction<T> {
    T run(Tx tx) throws SQLException;

    /**
     * A piece of work of which there are many at once, on the page of its transaction alone. It is
     * done before others, so that what they need of the database is read and written together.
     *
     * @param announce says which rows it will ask for
     */
    record BatchedWrite<T>(Consumer<UnitOfWork> announce, Transaction<T> transaction)
            implements Transaction<T> {
        @Override
        public T run(Tx tx) throws SQLException {
            return transaction.run(tx);
        }
    }

    /**
     * Thrown by a piece of work to undo all that it did, and nothing else; the value is its result.
     */
    final class Rollback extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Object result;

        Rollback(Object result) {
            super("undone", null, false, false);
            this.result = result;
        }

        Object result() {
            return result;
        }
    }
}
