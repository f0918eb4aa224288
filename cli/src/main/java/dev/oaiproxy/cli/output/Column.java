package dev.oaiproxy.cli.output;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table.
 *
 * @param name its name in snake_case, as in the JSON of the admin API
 * @param align the alignment of its cells
 * @param value the value of a row, null for an empty cell
 */
public record Column<T>(String name, Align align, Function<T, @Nullable Object> value) {
    public enum Align {
        LEFT,
        RIGHT,
        /** At the decimal point, so that exact amounts of any length can be compared. */
        POINT
    }

    public static <T> Column<T> text(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, Align.LEFT, value);
    }

    public static <T> Column<T> number(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, Align.RIGHT, value);
    }

    public static <T> Column<T> money(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, Align.POINT, value);
    }

    /** The cells of one row. */
    static <T> List<String> cells(List<Column<T>> columns, T row) {
        return columns.stream().map(c -> Objects.toString(c.value().apply(row), "")).toList();
    }

    String title() {
        return name.replace('_', ' ').toUpperCase(Locale.ROOT);
    }
}
