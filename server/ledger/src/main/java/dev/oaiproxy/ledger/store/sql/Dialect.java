package dev.oaiproxy.ledger.store.sql;

import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What differs from database to database. Nothing else in this package knows which one it speaks
 * to: statements are written in the SQL that all of them share, and are translated here.
 */
public sealed interface Dialect permits Sqlite, Postgres, MySql, SqlServer {
    /** The name of the database in settings and in what people read. */
    String label();

    /** The class of its driver. */
    String driver();

    /** The placeholders of the migrations. */
    Map<String, String> placeholders();

    /** A statement of this package, as this database has to be told it. */
    default String translate(String sql) {
        return sql;
    }

    /**
     * The first statement of every transaction that writes. It waits for the one lock that all
     * writers need, so that they come one after the other, on all nodes, and cannot deadlock. A
     * transaction that read first could not wait for it: what it has read would be out of date.
     */
    String claim();

    /**
     * Called when that lock was waited for in vain: ends the transactions of those processes of
     * ours that stand still, where the server does not do so by itself.
     */
    default void unblock(Database database) {}

    /** Asks for the moment by the database's own clock, in milliseconds since 1970. */
    String now();

    /** What to do about an error inside a transaction. */
    ErrorScope errorScope(SQLException e);

    /** What the server means that did not let somebody in. */
    ConnectError complaint(SQLException e);

    /** The statements that make a database, and give it to its user. */
    String creation(String name, String user);

    /** What has to be true of a database before tables are made in it; null for no objection. */
    default @Nullable String objection(Tx tx) throws SQLException {
        return null;
    }

    /** The isolation level of transactions, by its name in JDBC; null for the driver's own. */
    default @Nullable String isolation() {
        return "TRANSACTION_READ_COMMITTED";
    }

    /** That of transactions that must see all tables as of one moment. */
    @Nullable String steadyIsolation();

    /**
     * What a connection that writes is told at its beginning, besides its properties; null for
     * nothing. A process that stands still must not keep the lock of all writers.
     */
    default @Nullable String forWriting() {
        return null;
    }

    /** How many threads read small things at once. */
    default int readers() {
        return 8;
    }

    /** The fetch size that makes the driver pass rows on instead of collecting all of them. */
    int streamedRows();

    /** Whether a savepoint can be given up by itself. */
    default boolean releasesSavepoints() {
        return true;
    }

    /** The URL of a database on a server. */
    String url(Database.Address address);

    /** How a connection is made and kept, encryption included. */
    Properties properties(Database.Terms terms);

    /**
     * Asks what this connection is encrypted with; the last column is empty when it is not. Null
     * where nothing goes over a network.
     */
    default @Nullable String cipher() {
        return null;
    }

    /** The oldest server of the kind with that version which will do; null for any. */
    default @Nullable DatabaseVersion oldest(String version) {
        return null;
    }
}
