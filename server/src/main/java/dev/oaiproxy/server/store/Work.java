package dev.oaiproxy.server.store;

import java.sql.SQLException;

/**
 * A piece of work on the database. It may be run more than once before it is committed, so it must
 * change nothing but the database.
 */
@FunctionalInterface
interface Work<T> {
    T run(Tx tx) throws SQLException;

    /**
     * Thrown by a piece of work to undo all that it did, and nothing else; the value is its result.
     */
    final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Object result;

        Undo(Object result) {
            super("undone", null, false, false);
            this.result = result;
        }

        Object result() {
            return result;
        }
    }
}
