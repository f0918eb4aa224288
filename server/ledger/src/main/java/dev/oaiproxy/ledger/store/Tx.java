package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.metrics.EndedCall;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A connection, and the small language in which this package speaks SQL. Its statements see what
 * stands on the {@link UnitOfWork}, which is written before each of them. Belongs to one thread.
 */
final class Tx implements AutoCloseable {
    /** Makes a value of the current row. */
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final Dialect dialect;
    private final PreparedStatements preparedStatements;
    private final UnitOfWork unitOfWork;
    private final Runnable beforeClose;
    private final List<EndedCall> ended = new ArrayList<>();
    private int endedAtSavepoint;

    /**
     * @param beforeClose what to do with the connection before it is closed
     */
    Tx(Connection connection, Dialect dialect, Runnable beforeClose) {
        this.connection = connection;
        this.dialect = dialect;
        this.preparedStatements = new PreparedStatements(connection, dialect);
        this.unitOfWork = new UnitOfWork(preparedStatements);
        this.beforeClose = beforeClose;
    }

    /** A connection of its own, outside of all pools. */
    static Tx alone(Database database, Duration silence) throws SQLException {
        return new Tx(
                DriverManager.getConnection(database.url(), database.properties(silence)),
                database.dialect(),
                () -> {});
    }

    /** The rows that calls change, many of which are read and written together. */
    UnitOfWork page() {
        return unitOfWork;
    }

    /** Executes an INSERT, UPDATE or DELETE and gives the number of rows. */
    int update(String sql, Object... arguments) throws SQLException {
        leavePage();
        return preparedStatements.bound(sql, arguments).executeUpdate();
    }

    /** Executes a statement that is none of those, and has no parameters. */
    void execute(String sql) throws SQLException {
        leavePage();
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Executes an INSERT for each of several rows. */
    void insert(String sql, List<Object[]> rows) throws SQLException {
        leavePage();
        preparedStatements.batch(sql, rows);
    }

    /** For a statement that may change what stands on it. */
    private void leavePage() throws SQLException {
        unitOfWork.write();
        unitOfWork.forget();
    }

    /** Gives all rows of a query. */
    <T> List<T> list(String sql, Row<T> mapping, Object... arguments) throws SQLException {
        unitOfWork.write();
        return preparedStatements.list(sql, mapping, arguments);
    }

    /** Does something with a row of a query. */
    interface Sight {
        void see(ResultSet row) throws SQLException;
    }

    /** Sees what the columns of a query are. */
    interface Layout {
        void see(ResultSetMetaData columns) throws SQLException;
    }

    void layout(String sql, Layout layout) throws SQLException {
        unitOfWork.write();
        try (ResultSet result = preparedStatements.bound(sql).executeQuery()) {
            layout.see(result.getMetaData());
        }
    }

    /** Shows all rows of a query one by one, however many there are. */
    void each(String sql, Sight sight, Object... arguments) throws SQLException {
        unitOfWork.write();
        PreparedStatement statement = preparedStatements.bound(sql, arguments);
        statement.setFetchSize(dialect.streamedRows());
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                sight.see(result);
            }
        }
    }

    /** Gives the first row of a query, if there is one. */
    <T> Optional<T> first(String sql, Row<T> mapping, Object... arguments) throws SQLException {
        unitOfWork.write();
        try (ResultSet result = preparedStatements.bound(sql, arguments).executeQuery()) {
            return result.next() ? Optional.of(mapping.read(result)) : Optional.empty();
        }
    }

    /** Gives the number that a query of one row and column yields; 0 for NULL. */
    long number(String sql, Object... arguments) throws SQLException {
        return first(sql, row -> row.getLong(1), arguments).orElse(0L);
    }

    /** Begins a transaction, and with each end the next one, where every statement was one. */
    void begin() throws SQLException {
        connection.setAutoCommit(false);
    }

    /** Has a call counted when the transaction is committed. */
    void countEnded(EndedCall call) {
        ended.add(call);
    }

    /** The calls that the transaction has ended; to be asked for once, after the commit. */
    List<EndedCall> takeEnded() {
        List<EndedCall> taken = List.copyOf(ended);
        ended.clear();
        return taken;
    }

    /** Waits for the lock that all writers need. */
    void claim() throws SQLException {
        preparedStatements.bound(dialect.claim()).execute();
    }

    Savepoint savepoint() throws SQLException {
        endedAtSavepoint = ended.size();
        return connection.setSavepoint();
    }

    void rollback(Savepoint savepoint) throws SQLException {
        unitOfWork.forget();
        ended.subList(endedAtSavepoint, ended.size()).clear();
        connection.rollback(savepoint);
    }

    void release(Savepoint savepoint) throws SQLException {
        if (dialect.releasesSavepoints()) {
            connection.releaseSavepoint(savepoint);
        }
    }

    /** Commits what has been written, as everything on the page must have been. */
    void commit() throws SQLException {
        if (!unitOfWork.isWritten()) {
            throw new IllegalStateException("the page is not written");
        }
        connection.commit();
        unitOfWork.forget();
    }

    void rollback() throws SQLException {
        unitOfWork.forget();
        ended.clear();
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        beforeClose.run();
        connection.close();
    }
}
