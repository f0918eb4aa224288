package dev.oaiproxy.ledger.store.sql;

/**
 * Refuses statements on a connection while changes of its rows wait in memory.
 *
 * <p>Both methods throw {@link IllegalStateException} to refuse.
 */
public interface StatementGuard {
    /** Refuses a query that would not see a change that waits. */
    default void beforeQuery() {}

    /** Refuses a change of rows that are kept in memory. */
    default void beforeUpdate() {}

    /** The guard of a connection that keeps no rows in memory. */
    StatementGuard NONE = new StatementGuard() {};
}
