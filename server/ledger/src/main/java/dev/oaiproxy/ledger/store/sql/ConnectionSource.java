package dev.oaiproxy.ledger.store.sql;

import java.sql.SQLException;

/** Opens connections, and is notified of those that failed. */
public interface ConnectionSource {
    Tx open() throws SQLException;

    /** Notes that a connection has failed: others of the same source may have died with it. */
    default void doubt(SQLException failure) {}

    /** Frees the lock of all writers after a wait for it has timed out. */
    default void unblock() {}
}
