package dev.oaiproxy.ledger.store.sql;

import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The differences between databases. Nothing else in the store knows which database it uses:
 * statements are written in the SQL that all of them share, and are translated here.
 */
public sealed interface Dialect permits Sqlite, Postgres, MySql, SqlServer {
    /** The name of the database in settings and in what people read. */
    String label();

    /** The class of its driver. */
    String driver();

    /** The placeholders of the migrations. */
    Map<String, String> placeholders();

    /** Translates a statement of the store into this dialect. */
    default String translate(String sql) {
        return sql;
    }

    /**
     * The first statement of every transaction that writes. It waits for the one lock that all
     * writers need, so that they come one after the other, on all nodes, and cannot deadlock. A
     * transaction that read first could not wait for it: what it has read would be out of date.
     */
    default String claim() {
        return "SELECT id FROM accounts WHERE id = 1 FOR UPDATE";
    }

    /**
     * True where several statements go to the server together, in one text, and an array can stand
     * in the place of rows.
     */
    default boolean sendsTogether() {
        return false;
    }

    /** True where an INSERT can add to a row that is there already, by {@code ON CONFLICT}. */
    default boolean merges() {
        return false;
    }

    /**
     * Ends the transactions of our processes that stand still, after a wait for that lock has timed
     * out, on servers that do not do so by themselves.
     */
    default void unblock(Database database) {}

    /** Asks for the moment by the database's own clock, in milliseconds since 1970. */
    String now();

    /** The scope of an error inside a transaction. */
    ErrorScope errorScope(SQLException e);

    /** The meaning of an error at connect. */
    ConnectError complaint(SQLException e);

    /** The statements that make a database, and give it to its user. */
    String creation(String name, String user);

    /** The reason against making tables in a database; null when there is none. */
    default @Nullable String objection(Tx tx) throws SQLException {
        return null;
    }

    /** The isolation level of transactions, by its name in JDBC; null for the driver's own. */
    default @Nullable String isolation() {
        return "TRANSACTION_READ_COMMITTED";
    }

    /** The isolation level of transactions that must see all tables as of one moment. */
    @Nullable String steadyIsolation();

    /**
     * The first statement on a connection that writes; null for none. A process that stands still
     * must not keep the lock of all writers.
     */
    default @Nullable String forWriting() {
        return null;
    }

    /** The number of threads for short reads. */
    default int readers() {
        return 8;
    }

    /** The fetch size that makes the driver pass rows on instead of collecting all of them. */
    int streamedRows();

    /** True when a savepoint can be released. */
    default boolean releasesSavepoints() {
        return true;
    }

    /** The URL of a database on a server. */
    String url(Database.Address address);

    /** The driver's properties, encryption included. */
    Properties properties(Database.Terms terms);

    /**
     * A query for the cipher of this connection; the last column is empty without encryption. Null
     * where nothing goes over a network.
     */
    default @Nullable String cipher() {
        return null;
    }

    /** The oldest supported version of this kind of server; null for any. */
    default @Nullable DatabaseVersion oldest(String version) {
        return null;
    }
}
