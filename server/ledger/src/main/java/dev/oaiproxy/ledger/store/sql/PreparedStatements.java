package dev.oaiproxy.ledger.store.sql;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
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
    private final Map<String, ArrayForm> arrayForms = new HashMap<>();
    private final Map<List<String>, String> joined = new HashMap<>();

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

    /** True where several statements go to the server together, with arrays in place of rows. */
    public boolean areSentTogether() {
        return dialect.sendsTogether();
    }

    /** True where an INSERT can add to a row that is there already, by {@code ON CONFLICT}. */
    public boolean canMerge() {
        return dialect.merges();
    }

    /** Waits for the lock that all writers need. */
    public void claim() throws SQLException {
        bound(dialect.claim()).execute();
    }

    /**
     * A query, and what sees its rows.
     *
     * @param arguments numbers, texts or arrays of numbers
     */
    public record Query(String sql, List<Object> arguments, Tx.Sight sight) {}

    /**
     * Waits for the lock that all writers need, and then executes queries, all in one round trip.
     * Only where statements are sent together.
     */
    public void claim(List<Query> queries) throws SQLException {
        List<String> texts = new ArrayList<>(List.of(dialect.claim()));
        List<Object> arguments = new ArrayList<>();
        for (Query query : queries) {
            texts.add(query.sql);
            arguments.addAll(query.arguments);
        }
        PreparedStatement statement = bound(joined(texts), arguments.toArray());
        statement.execute();
        for (Query query : queries) {
            statement.getMoreResults();
            try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                    query.sight.see(rows);
                }
            }
        }
    }

    /** An INSERT, UPDATE or DELETE, and rows of arguments. An UPDATE changes no row twice. */
    public record Change(String sql, List<Object[]> rows) {}

    /**
     * Executes several statements with each of their rows, in one round trip where the dialect can.
     *
     * @return how many rows each of the statements changed; of no use for an INSERT
     */
    public int[] change(List<Change> changes) throws SQLException {
        int[] counts = new int[changes.size()];
        if (!dialect.sendsTogether()) {
            for (int i = 0; i < counts.length; i++) {
                Change change = changes.get(i);
                counts[i] = Arrays.stream(batch(change.sql, change.rows)).sum();
            }
            return counts;
        }
        List<String> texts = new ArrayList<>();
        List<Object> arguments = new ArrayList<>();
        for (Change change : changes) {
            if (!change.rows.isEmpty()) {
                ArrayForm form = arrayForms.computeIfAbsent(change.sql, ArrayForm::of);
                texts.add(form.sql());
                form.addArguments(change.rows, arguments);
            }
        }
        if (!texts.isEmpty()) {
            PreparedStatement statement = bound(joined(texts), arguments.toArray());
            statement.execute();
            for (int i = 0; i < counts.length; i++) {
                if (!changes.get(i).rows.isEmpty()) {
                    counts[i] = statement.getUpdateCount();
                    statement.getMoreResults();
                }
            }
        }
        return counts;
    }

    private String joined(List<String> statements) {
        return joined.computeIfAbsent(statements, some -> String.join(";\n", some));
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
