package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.store.sql.PreparedStatements;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.sql.SQLException;
import java.util.List;

/**
 * The name of a process among those that share the database.
 *
 * @param number the number in its call ids, 0 to 1023; reused after the process is gone
 * @param incarnation drawn when the number was taken; never reused
 */
public record NodeId(int number, long incarnation) {
    /** The end of a SELECT that yields a row only while a node is alive. */
    public static final String IF_ALIVE =
            " FROM nodes WHERE number = ? AND incarnation = ? AND state = 1";

    private static final String ALIVE = "SELECT number" + IF_ALIVE;

    /** Sees a row while no other process has declared it dead. */
    PreparedStatements.Query query(Tx.Sight sight) {
        return new PreparedStatements.Query(ALIVE, List.of(number, incarnation), sight);
    }

    /** True while no other process has declared it dead; holds for as long as the lock is held. */
    boolean isAlive(PreparedStatements statements) throws SQLException {
        return !statements.list(ALIVE, row -> row.getInt(1), number, incarnation).isEmpty();
    }
}
