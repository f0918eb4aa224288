package dev.oaiproxy.cli.output;

import java.util.List;
import java.util.stream.Collectors;

/** Rows for programs: tabs or commas between the cells. */
final class SeparatedValues {
    private SeparatedValues() {}

    /** Tab-separated, without a header. A tab or line break in a cell becomes a space. */
    static String tabs(List<String> row) {
        return row.stream().map(SafeText::oneLine).collect(Collectors.joining("\t", "", "\n"));
    }

    /** A header and rows as RFC 4180 has them, but for the line end, which is that of Unix. */
    static String commas(Table table) {
        return header(table.columns())
                + table.rows().stream().map(SeparatedValues::commas).collect(Collectors.joining());
    }

    static String header(List<? extends Column<?>> columns) {
        return commas(columns.stream().map(Column::name).toList());
    }

    static String commas(List<String> row) {
        return row.stream().map(SeparatedValues::quoted).collect(Collectors.joining(",", "", "\n"));
    }

    private static String quoted(String cell) {
        boolean special = cell.chars().anyMatch(c -> ",\"\n\r".indexOf(c) >= 0);
        return special ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }
}
