package dev.oaiproxy.cli.output;

import java.util.List;
import java.util.Optional;

/**
 * Rows of cells; an empty cell is one without a value.
 *
 * @param total a last row for a person; programs add up by themselves
 */
public record Table(
        List<? extends Column<?>> columns, List<List<String>> rows, Optional<List<String>> total)
        implements Printable {
    public static <T> Table of(List<Column<T>> columns, List<T> rows) {
        return new Table(
                columns,
                rows.stream().map(row -> Column.cells(columns, row)).toList(),
                Optional.empty());
    }

    public Table withTotal(List<String> cells) {
        return new Table(columns, rows, Optional.of(cells));
    }
}
