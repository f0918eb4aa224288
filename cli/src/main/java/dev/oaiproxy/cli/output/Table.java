package dev.oaiproxy.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows of cells; an empty cell is one without a value.
 *
 * @param total a last row for a person, who sees it below a line; programs add up by themselves
 */
public record Table(List<Column> columns, List<List<String>> rows, Optional<List<String>> total)
        implements Printable {
    public Table {
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException("a row of " + row.size() + " cells");
            }
        }
    }

    public static Table of(List<Column> columns, List<List<String>> rows) {
        return new Table(columns, rows, Optional.empty());
    }

    public Table withTotal(List<String> cells) {
        return new Table(columns, rows, Optional.of(cells));
    }

    /** A row from values, where null is an empty cell. */
    public static List<String> row(@Nullable Object... values) {
        var cells = new ArrayList<String>(values.length);
        for (Object value : values) {
            cells.add(Objects.toString(value, ""));
        }
        return cells;
    }
}
