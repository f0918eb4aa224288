package dev.oaiproxy.ledger.store.sql;

import java.util.Collections;
import java.util.List;

/**
 * A statement for one row of arguments, rewritten for many: each of its arguments becomes an array,
 * and the arrays are unnested into rows. For PostgreSQL.
 *
 * @param sql the statement; its arguments are the arrays, and then the key's once more for an
 *     UPDATE or DELETE
 * @param key the place of the argument by which an UPDATE or DELETE finds its row, from 0; -1 for
 *     an INSERT
 */
record ArrayForm(String sql, int key) {
    private static final String VALUES = "VALUES (";
    private static final String WHERE = "WHERE ";

    /**
     * Rewrites an INSERT of one row, or an UPDATE or DELETE whose first condition is {@code column
     * = ?}.
     */
    static ArrayForm of(String sql) {
        String source = source(sql.chars().filter(c -> c == '?').count());
        int values = sql.indexOf(VALUES);
        if (values >= 0) {
            int end = sql.indexOf(')', values);
            String columns = numbered(sql.substring(values + VALUES.length(), end), 0);
            String rest = sql.substring(end + 1);
            String head = sql.substring(0, values);
            return new ArrayForm(head + "SELECT " + columns + " FROM " + source + rest, -1);
        }
        int where = sql.indexOf(WHERE);
        String head = sql.substring(0, where);
        String conditions = sql.substring(where + WHERE.length());
        int key = Math.toIntExact(head.chars().filter(c -> c == '?').count());
        String column = conditions.substring(0, conditions.indexOf(' '));
        // With both conditions no plan reads more rows than those of the keys, whatever the
        // planner believes about the sizes of the tables.
        return new ArrayForm(
                numbered(head, 0)
                        + (head.startsWith("DELETE") ? "USING " : "FROM ")
                        + source
                        + " WHERE "
                        + column
                        + " = ANY (?) AND "
                        + numbered(conditions, key),
                key);
    }

    private static String source(long columns) {
        StringBuilder names = new StringBuilder("a0");
        for (int i = 1; i < columns; i++) {
            names.append(", a").append(i);
        }
        String marks = String.join(", ", Collections.nCopies(Math.toIntExact(columns), "?"));
        return "unnest(" + marks + ") AS a (" + names + ")";
    }

    /** Replaces the marks of arguments by the names of the arrays' columns. */
    private static String numbered(String sql, int first) {
        StringBuilder text = new StringBuilder();
        int number = first;
        for (int i = 0; i < sql.length(); i++) {
            char character = sql.charAt(i);
            if (character == '?') {
                text.append('a').append(number++);
            } else {
                text.append(character);
            }
        }
        return text.toString();
    }

    /** The arguments for those rows. */
    void addArguments(List<Object[]> rows, List<Object> arguments) {
        int first = arguments.size();
        for (int column = 0; column < rows.getFirst().length; column++) {
            arguments.add(
                    rows.getFirst()[column] instanceof String
                            ? texts(rows, column)
                            : numbers(rows, column));
        }
        if (key >= 0) {
            arguments.add(arguments.get(first + key));
        }
    }

    private static long[] numbers(List<Object[]> rows, int column) {
        long[] numbers = new long[rows.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = ((Number) rows.get(i)[column]).longValue();
        }
        return numbers;
    }

    private static String[] texts(List<Object[]> rows, int column) {
        String[] texts = new String[rows.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = (String) ColumnLimits.storable(rows.get(i)[column]);
        }
        return texts;
    }
}
