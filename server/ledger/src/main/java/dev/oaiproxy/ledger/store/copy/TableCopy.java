package dev.oaiproxy.ledger.store.copy;

import dev.oaiproxy.ledger.store.sql.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/** A table with the same columns in the same order in both databases. */
public final class TableCopy {
    private final List<String> columns;
    private final String select;
    private final String insert;

    /** Receives a row. */
    public interface Taker {
        void take(Object[] row) throws SQLException;
    }

    public TableCopy(Tx source, String table) throws SQLException {
        this.columns = source.columns(table);
        String names = String.join(", ", columns);
        String marks = String.join(", ", Collections.nCopies(columns.size(), "?"));
        this.select = "SELECT " + names + " FROM " + table;
        this.insert = "INSERT INTO " + table + " (" + names + ") VALUES (" + marks + ")";
    }

    /** Streams all rows. */
    public void each(Tx tx, Taker taker) throws SQLException {
        tx.each(select, row -> taker.take(values(row)));
    }

    private Object[] values(ResultSet row) throws SQLException {
        Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            Object value = row.getObject(i + 1);
            // Each database has number types of its own; all numbers here are integers.
            values[i] = value instanceof Number number ? Long.valueOf(number.longValue()) : value;
        }
        return values;
    }

    /** Inserts rows, and clears the list. */
    public void insert(Tx target, List<Object[]> rows) throws SQLException {
        if (!rows.isEmpty()) {
            target.insert(insert, rows);
            rows.clear();
        }
    }
}
