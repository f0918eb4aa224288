package dev.oaiproxy.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A table for a person: aligned, with a header, as wide as the terminal at the most. Remembers its
 * widths, for rows that follow.
 */
final class AlignedTable {
    private static final String GAP = " ".repeat(TableFit.GAP);
    private static final String NOTHING = "-";

    private final List<? extends Column<?>> columns;
    private final TableStyle style;
    private final List<ColumnWidth> widths;
    private final BitSet valued = new BitSet();
    private TableFit fit;

    AlignedTable(List<? extends Column<?>> columns, TableStyle style) {
        this.columns = columns;
        this.style = style;
        this.widths = new ArrayList<>(Collections.nCopies(columns.size(), ColumnWidth.NONE));
        this.fit = fitted();
    }

    static AlignedTable of(Table table, TableStyle style) {
        var text = new AlignedTable(table.columns(), style);
        text.widen(table.total().map(List::of).orElse(List.of()));
        text.widen(table.rows());
        return text;
    }

    /** Makes room for rows; lines that were written stay as they are. */
    void widen(List<List<String>> rows) {
        rows.forEach(this::widenRow);
        fit = fitted();
    }

    String header() {
        var line = new StringBuilder();
        for (int i : fit.kept()) {
            Column<?> column = columns.get(i);
            line.append(padded(column.title(), fit.widths().get(i), column.align())).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    String line(List<String> row) {
        var line = new StringBuilder();
        for (int i : fit.kept()) {
            String text = shown(i, row.get(i));
            boolean prose = columns.get(i).content() == Column.CellContent.PROSE;
            line.append(prose ? broken(i, text, line.length()) : cell(i, text)).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    private String broken(int index, String text, int before) {
        return TextWidth.wrapped(text, fit.widths().get(index), " ".repeat(before));
    }

    /** The titles of the columns that have no room, in small letters; empty when all have. */
    String dropped() {
        return fit.dropped().stream()
                .map(i -> columns.get(i).title().toLowerCase(Locale.ROOT))
                .filter(title -> !title.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private TableFit fitted() {
        int[] full = new int[columns.size()];
        Arrays.setAll(full, i -> isNeedless(i) ? 0 : width(i).total());
        return TableFit.within(style.room(), columns, full);
    }

    /** True for a column without any value that can be left out. */
    private boolean isNeedless(int column) {
        boolean mayGo = style.leavesOut() && columns.get(column).look().rank() > 0;
        return mayGo && !valued.get(column);
    }

    private ColumnWidth width(int column) {
        return widths.get(column).withTitle(columns.get(column).title());
    }

    private void widenRow(List<String> row) {
        for (int i = 0; i < columns.size(); i++) {
            ColumnWidth columnWidth = ColumnWidth.of(columns.get(i), shown(i, row.get(i)));
            widths.set(i, widths.get(i).max(columnWidth));
            valued.set(i, valued.get(i) || !row.get(i).isEmpty());
        }
    }

    private String cell(int index, String text) {
        Column<?> column = columns.get(index);
        if (column.align() != Column.Align.POINT) {
            int room = fit.widths().get(index);
            return padded(TextWidth.cut(text, room, style.cutSign()), room, column.align());
        }
        ColumnWidth own = ColumnWidth.of(column, text);
        ColumnWidth wide = width(index);
        String right = " ".repeat(Math.max(0, wide.fraction() - own.fraction()));
        return " ".repeat(Math.max(0, wide.whole() - own.whole())) + text + right;
    }

    private static String padded(String text, int width, Column.Align align) {
        String space = " ".repeat(Math.max(0, width - TextWidth.of(text)));
        return align == Column.Align.LEFT ? text + space : space + text;
    }

    private String shown(int column, String cell) {
        return cell.isEmpty()
                ? NOTHING
                : SafeText.oneLine(style.shown(columns.get(column).content(), cell));
    }
}
