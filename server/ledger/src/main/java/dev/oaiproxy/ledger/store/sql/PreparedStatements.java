package dev.oaiproxy.ledger.store.sql;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The prepared statements of a connection. Belongs to one thread. */
public final class PreparedStatements {
    /** Few enough for the packet and parameter limits of every driver, and for a quick answer. */
    private static final int MOST_TOGETHER = 100;

    private static final int[] NONE = {};

    private final Connection connection;
    private final Dialect dialect;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    PreparedStatements(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** A statement with its arguments set. */
    PreparedStatement bound(String sql, Object... arguments) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(dialect.translate(sql));
            prepared.put(sql, statement);
        }
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, ColumnLimits.storable(arguments[i]));
        }
        return statement;
    }

    /** Gives all rows of a query. */
    public <T> List<T> list(String sql, Tx.RowReader<T> mapping, Object... arguments)
            throws SQLException {
        List<T> rows = new ArrayList<>();
        try (ResultSet result = bound(sql, arguments).executeQuery()) {
            while (result.next()) {
                rows.add(mapping.read(result));
            }
        }
        return rows;
    }

    /**
     * Executes an INSERT, UPDATE or DELETE with each of several rows of arguments, in as few round
     * trips as the driver can.
     *
     * @return how many rows each of them changed; below zero where the driver does not say, as for
     *     an INSERT that it has put together with others
     */
    public int[] batch(String sql, List<Object[]> rows) throws SQLException {
        if (rows.isEmpty()) {
            return NONE;
        }
        int[] counts = new int[rows.size()];
        for (int from = 0; from < counts.length; from += MOST_TOGETHER) {
            int to = Math.min(from + MOST_TOGETHER, counts.length);
            int[] some = together(sql, rows.subList(from, to));
            System.arraycopy(some, 0, counts, from, some.length);
        }
        return counts;
    }

    private int[] together(String sql, List<Object[]> rows) throws SQLException {
        PreparedStatement statement = bound(sql);
        statement.clearBatch();
        try {
            for (Object[] row : rows) {
                bound(sql, row).addBatch();
            }
            return statement.executeBatch();
        } catch (BatchUpdateException e) {
            // Some drivers have the error code in the cause only.
            throw e.getCause() instanceof SQLException cause ? cause : e;
        }
    }
}
