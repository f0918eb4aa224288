package dev.oaiproxy.cli.output;

/**
 * The width of a column in characters.
 *
 * @param whole the cell, or its part before the decimal point
 * @param fraction the point and the part after it
 */
record ColumnWidth(int whole, int fraction) {
    static final ColumnWidth NONE = new ColumnWidth(0, 0);

    static ColumnWidth of(Column<?> column, String cell) {
        int point = cell.indexOf('.');
        boolean split = column.align() == Column.Align.POINT && point >= 0;
        return split
                ? new ColumnWidth(point, cell.length() - point)
                : new ColumnWidth(TextWidth.of(cell), 0);
    }

    /** This width, extended for a title, which is never split. */
    ColumnWidth withTitle(String title) {
        return new ColumnWidth(Math.max(whole, title.length() - fraction), fraction);
    }

    ColumnWidth max(ColumnWidth other) {
        return new ColumnWidth(Math.max(whole, other.whole), Math.max(fraction, other.fraction));
    }

    int total() {
        return whole + fraction;
    }
}
