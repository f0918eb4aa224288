package dev.oaiproxy.cli.output;

import java.util.Locale;

/**
 * A column of a table.
 *
 * @param name its name in snake_case, as in the JSON of the admin API
 * @param align the alignment of its cells
 */
public record Column(String name, Align align) {
    /** The alignment of cells. */
    public enum Align {
        LEFT,
        RIGHT,
        /** At the decimal point, so that exact amounts of any length can be compared. */
        POINT
    }

    public static Column text(String name) {
        return new Column(name, Align.LEFT);
    }

    public static Column number(String name) {
        return new Column(name, Align.RIGHT);
    }

    public static Column money(String name) {
        return new Column(name, Align.POINT);
    }

    String title() {
        return name.replace('_', ' ').toUpperCase(Locale.ROOT);
    }
}
