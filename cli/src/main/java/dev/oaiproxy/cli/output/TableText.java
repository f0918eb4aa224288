package dev.oaiproxy.cli.output;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** A table for a person: aligned, with a header. Remembers its widths, for rows that follow. */
public final class TableText {
    private static final String GAP = "  ";
    private static final String NOTHING = "-";

    private final List<Column> columns;
    private final List<Width> widths;

    public TableText(List<Column> columns) {
        this.columns = columns;
        this.widths = new ArrayList<>(Collections.nCopies(columns.size(), Width.NONE));
    }

    /** The whole table, each line of it ended; the header in a style. */
    static String of(Table table, UnaryOperator<String> style) {
        var text = new TableText(table.columns());
        table.total().ifPresent(text::widenRow);
        text.widen(table.rows());
        var lines = new StringBuilder(style.apply(text.header())).append('\n');
        table.rows().forEach(row -> lines.append(text.line(row)).append('\n'));
        table.total().ifPresent(row -> lines.append(text.line(row)).append('\n'));
        return lines.toString();
    }

    /** Makes room for rows; what was written before stays as it was. */
    public void widen(List<List<String>> rows) {
        rows.forEach(this::widenRow);
    }

    /** The titles of the columns. */
    public String header() {
        var line = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            line.append(padded(column.title(), width(i).total(), column.align()));
            line.append(GAP);
        }
        return line.toString().stripTrailing();
    }

    /** One row. */
    public String line(List<String> row) {
        var line = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            line.append(cell(columns.get(i), shown(row.get(i)), width(i))).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    private Width width(int column) {
        return widths.get(column).withTitle(columns.get(column).title());
    }

    private void widenRow(List<String> row) {
        for (int i = 0; i < columns.size(); i++) {
            Width width = Width.of(columns.get(i), shown(row.get(i)));
            widths.set(i, widths.get(i).max(width));
        }
    }

    private static String cell(Column column, String text, Width width) {
        if (column.align() != Column.Align.POINT) {
            return padded(text, width.total(), column.align());
        }
        Width own = Width.of(column, text);
        String right = " ".repeat(Math.max(0, width.fraction() - own.fraction()));
        return " ".repeat(Math.max(0, width.whole() - own.whole())) + text + right;
    }

    private static String padded(String text, int width, Column.Align align) {
        String space = " ".repeat(Math.max(0, width - text.codePointCount(0, text.length())));
        return align == Column.Align.LEFT ? text + space : space + text;
    }

    private static String shown(String cell) {
        return cell.isEmpty() ? NOTHING : Text.oneLine(cell);
    }
}
