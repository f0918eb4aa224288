package dev.oaiproxy.ledger.store.sql;

import io.helidon.dbclient.DbRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * A connection, and the small language in which the store speaks SQL. Asks its {@link
 * StatementGuard} before each statement. Belongs to one thread.
 */
public final class Tx implements AutoCloseable {
    /** Makes a value of the current row. */
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final Dialect dialect;
    private final PreparedStatements preparedStatements;
    private final Runnable beforeClose;
    private StatementGuard guard = StatementGuard.NONE;

    /**
     * @param beforeClose runs before the connection is closed
     */
    public Tx(Connection connection, Dialect dialect, Runnable beforeClose) {
        this.connection = connection;
        this.dialect = dialect;
        this.preparedStatements = new PreparedStatements(connection, dialect);
        this.beforeClose = beforeClose;
    }

    /** A connection outside of all pools. */
    public static Tx alone(Database database, Duration silence) throws SQLException {
        return new Tx(database.connect(database.properties(silence)), database.dialect(), () -> {});
    }

    /** Sets the guard that is asked before each statement. */
    public void guardBy(StatementGuard guard) {
        this.guard = guard;
    }

    /** The statements of this connection, which ask no guard; for the guard itself. */
    public PreparedStatements preparedStatements() {
        return preparedStatements;
    }

    /** Executes an INSERT, UPDATE or DELETE and gives the number of rows. */
    public int update(String sql, Object... arguments) throws SQLException {
        guard.beforeUpdate();
        return preparedStatements.bound(sql, arguments).executeUpdate();
    }

    /** Executes a statement of another kind, without parameters. */
    public void execute(String sql) throws SQLException {
        guard.beforeUpdate();
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Executes an INSERT for each of several rows. */
    public void insert(String sql, List<Object[]> rows) throws SQLException {
        guard.beforeUpdate();
        preparedStatements.batch(sql, rows);
    }

    /** Gives all rows of a query. */
    public <T> List<T> list(String sql, RowReader<T> mapping, Object... arguments)
            throws SQLException {
        guard.beforeQuery();
        return preparedStatements.list(sql, mapping, arguments);
    }

    /**
     * Gives all rows of a query by Helidon's DbClient, for reads off a call's way. A failure ends
     * the connection.
     */
    public <T> List<T> query(String sql, Function<DbRow, T> mapping, Object... arguments)
            throws SQLException {
        guard.beforeQuery();
        return DbQueries.list(connection, dialect.translate(sql), mapping, arguments);
    }

    /** Handles a row of a query. */
    public interface Sight {
        void see(ResultSet row) throws SQLException;
    }

    /** The names of a table's columns, in lower case. */
    public List<String> columns(String table) throws SQLException {
        guard.beforeQuery();
        String sql = "SELECT * FROM " + table + " WHERE 1 = 0";
        List<String> names = new ArrayList<>();
        try (ResultSet result = preparedStatements.bound(sql).executeQuery()) {
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                names.add(result.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** Streams all rows of a query. */
    public void each(String sql, Sight sight, Object... arguments) throws SQLException {
        guard.beforeQuery();
        PreparedStatement statement = preparedStatements.bound(sql, arguments);
        statement.setFetchSize(dialect.streamedRows());
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                sight.see(result);
            }
        }
    }

    /** Gives the first row of a query, if there is one. */
    public <T> Optional<T> first(String sql, RowReader<T> mapping, Object... arguments)
            throws SQLException {
        guard.beforeQuery();
        try (ResultSet result = preparedStatements.bound(sql, arguments).executeQuery()) {
            return result.next() ? Optional.of(mapping.read(result)) : Optional.empty();
        }
    }

    /** Gives the number that a query of one row and column yields; 0 for NULL. */
    public long number(String sql, Object... arguments) throws SQLException {
        return first(sql, row -> row.getLong(1), arguments).orElse(0L);
    }

    /** Begins a transaction; each commit or rollback begins the next one. */
    public void begin() throws SQLException {
        connection.setAutoCommit(false);
    }

    /** Waits for the lock that all writers need. */
    public void claim() throws SQLException {
        preparedStatements.claim();
    }

    public Savepoint savepoint() throws SQLException {
        return connection.setSavepoint();
    }

    public void rollback(Savepoint savepoint) throws SQLException {
        connection.rollback(savepoint);
    }

    public void release(Savepoint savepoint) throws SQLException {
        if (dialect.releasesSavepoints()) {
            connection.releaseSavepoint(savepoint);
        }
    }

    public void commit() throws SQLException {
        guard.beforeQuery();
        connection.commit();
    }

    public void rollback() throws SQLException {
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        beforeClose.run();
        connection.close();
    }
}
