package dev.oaiproxy.cli.output;

/**
 * The room that a column needs, in characters.
 *
 * @param whole the cell, or what stands before its decimal point
 * @param fraction the point and what stands behind it
 */
record Width(int whole, int fraction) {
    static final Width NONE = new Width(0, 0);

    static Width of(Column column, String cell) {
        int point = cell.indexOf('.');
        boolean split = column.align() == Column.Align.POINT && point >= 0;
        return split
                ? new Width(point, cell.length() - point)
                : new Width(cell.codePointCount(0, cell.length()), 0);
    }

    /** Wide enough for the title too, which is never split. */
    Width withTitle(String title) {
        return new Width(Math.max(whole, title.length() - fraction), fraction);
    }

    Width max(Width other) {
        return new Width(Math.max(whole, other.whole), Math.max(fraction, other.fraction));
    }

    int total() {
        return whole + fraction;
    }
}
