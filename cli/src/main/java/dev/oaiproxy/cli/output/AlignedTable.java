package dev.oaiproxy.cli.output;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** A table for a person: aligned, with a header. Remembers its widths, for rows that follow. */
public final class AlignedTable {
    private static final String GAP = "  ";
    private static final String NOTHING = "-";

    private final List<? extends Column<?>> columns;
    private final List<ColumnWidth> widths;

    public AlignedTable(List<? extends Column<?>> columns) {
        this.columns = columns;
        this.widths = new ArrayList<>(Collections.nCopies(columns.size(), ColumnWidth.NONE));
    }

    /** The whole table, each line of it ended; the header in a style. */
    static String of(Table table, UnaryOperator<String> style) {
        var text = new AlignedTable(table.columns());
        table.total().ifPresent(text::widenRow);
        text.widen(table.rows());
        var lines = new StringBuilder(style.apply(text.header())).append('\n');
        table.rows().forEach(row -> lines.append(text.line(row)).append('\n'));
        table.total().ifPresent(row -> lines.append(text.line(row)).append('\n'));
        return lines.toString();
    }

    /** Makes room for rows; lines that were written stay as they are. */
    public void widen(List<List<String>> rows) {
        rows.forEach(this::widenRow);
    }

    public String header() {
        var line = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            Column<?> column = columns.get(i);
            line.append(padded(column.title(), width(i).total(), column.align()));
            line.append(GAP);
        }
        return line.toString().stripTrailing();
    }

    public String line(List<String> row) {
        var line = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            line.append(cell(columns.get(i), shown(row.get(i)), width(i))).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    private ColumnWidth width(int column) {
        return widths.get(column).withTitle(columns.get(column).title());
    }

    private void widenRow(List<String> row) {
        for (int i = 0; i < columns.size(); i++) {
            ColumnWidth columnWidth = ColumnWidth.of(columns.get(i), shown(row.get(i)));
            widths.set(i, widths.get(i).max(columnWidth));
        }
    }

    private static String cell(Column<?> column, String text, ColumnWidth columnWidth) {
        if (column.align() != Column.Align.POINT) {
            return padded(text, columnWidth.total(), column.align());
        }
        ColumnWidth own = ColumnWidth.of(column, text);
        String right = " ".repeat(Math.max(0, columnWidth.fraction() - own.fraction()));
        return " ".repeat(Math.max(0, columnWidth.whole() - own.whole())) + text + right;
    }

    private static String padded(String text, int width, Column.Align align) {
        String space = " ".repeat(Math.max(0, width - text.codePointCount(0, text.length())));
        return align == Column.Align.LEFT ? text + space : space + text;
    }

    private static String shown(String cell) {
        return cell.isEmpty() ? NOTHING : SafeText.oneLine(cell);
    }
}
