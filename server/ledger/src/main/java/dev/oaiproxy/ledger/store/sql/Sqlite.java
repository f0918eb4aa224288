package dev.oaiproxy.ledger.store.sql;

import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/** One file, one writer. */
public final class Sqlite implements Dialect {
    public static final Sqlite DIALECT = new Sqlite();

    /** The bits of an error code that name its kind. */
    private static final int PRIMARY = 0xff;

    private Sqlite() {}

    @Override
    public String label() {
        return "sqlite";
    }

    @Override
    public String driver() {
        return "org.sqlite.JDBC";
    }

    /**
     * An {@code INTEGER} key is the row's own number instead of a second index. An overflowing sum
     * would become a floating-point number, so the sums are checked to be integers.
     */
    @Override
    public Map<String, String> placeholders() {
        return Map.of(
                "id", "INTEGER",
                "blob", "BLOB",
                "table", "",
                "clustered", "WITHOUT ROWID",
                "on_calls", "",
                "where_open", "WHERE state = 0",
                "where_adjusts", "WHERE adjusts <> 0",
                "check_integers",
                        ",\n    CONSTRAINT accounts_integers CHECK (typeof(spent_nanos) ="
                                + " 'integer' AND typeof(held_nanos) = 'integer')");
    }

    /** Any UPDATE takes the lock of the whole file. */
    @Override
    public String claim() {
        return "UPDATE accounts SET id = id WHERE id = 0";
    }

    @Override
    public String now() {
        return "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
    }

    @Override
    public ErrorScope errorScope(SQLException e) {
        return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode() & PRIMARY)) {
            case SQLITE_BUSY, SQLITE_LOCKED -> ErrorScope.TRANSIENT;
            case SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_RANGE ->
                    ErrorScope.STATEMENT;
            default -> ErrorScope.FATAL;
        };
    }

    @Override
    public ConnectError complaint(SQLException e) {
        return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode() & PRIMARY)) {
            case SQLITE_READONLY -> ConnectError.READ_ONLY;
            case SQLITE_CORRUPT, SQLITE_NOTADB -> ConnectError.DAMAGED;
            default -> ConnectError.OTHER;
        };
    }

    @Override
    public String creation(String name, String user) {
        throw new IllegalStateException("a file is made when it is opened");
    }

    @Override
    public @Nullable String isolation() {
        return null;
    }

    /** A transaction sees the file as it was at its first read. */
    @Override
    public @Nullable String steadyIsolation() {
        return null;
    }

    @Override
    public int readers() {
        return 3;
    }

    @Override
    public int streamedRows() {
        return 0;
    }

    @Override
    public String url(Database.Address address) {
        throw new IllegalStateException("a file has no server");
    }

    /**
     * Transactions are deferred. The driver begins the next one inside a commit; an immediate one
     * would take the lock of the database there and keep it while idle, or fail after the commit.
     */
    @Override
    public Properties properties(Database.Terms terms) {
        Properties properties = new Properties();
        properties.setProperty("journal_mode", "WAL");
        properties.setProperty("synchronous", "FULL");
        properties.setProperty("busy_timeout", "1000");
        properties.setProperty("journal_size_limit", "67108864");
        properties.setProperty("transaction_mode", "DEFERRED");
        // All ids are ours; else the driver asks for the last one after each statement.
        properties.setProperty("jdbc.get_generated_keys", "false");
        return properties;
    }

    /** Opens a file only if it is there. */
    public static Properties withoutMaking(Properties properties) {
        properties.setProperty("open_mode", "2");
        return properties;
    }

    /** Neither writes to a file nor makes others beside it. */
    static Properties onlyReading() {
        Properties properties = new Properties();
        properties.setProperty("open_mode", "1");
        properties.setProperty("busy_timeout", "1000");
        return properties;
    }
}
