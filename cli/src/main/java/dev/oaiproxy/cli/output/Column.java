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
 * @param content what its cells are
 * @param value the value of a row, null for an empty cell
 * @param look how it behaves on a terminal that is too narrow for all columns
 */
public record Column<T>(
        String name, CellContent content, Function<T, @Nullable Object> value, Look look) {
    /** What a cell is; people and programs see some of them in different forms. */
    public enum CellContent {
        TEXT(Align.LEFT),
        /** Sentences, which are broken and not cut. Only the last column of a table has them. */
        PROSE(Align.LEFT),
        TIME(Align.LEFT),
        NUMBER(Align.RIGHT),
        /** An amount, which people see rounded. */
        MONEY(Align.POINT),
        /** An amount or a rate that nobody rounds. */
        EXACT(Align.POINT);

        private final Align align;

        CellContent(Align align) {
            this.align = align;
        }
    }

    /** The alignment of the cells of a column. */
    enum Align {
        LEFT,
        RIGHT,
        /** At the decimal point, so that amounts of any length can be compared. */
        POINT
    }

    public static <T> Column<T> text(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, CellContent.TEXT, value, Look.FIRM);
    }

    public static <T> Column<T> prose(String name, Function<T, @Nullable Object> value) {
        return new Column<>(
                name, CellContent.PROSE, value, Look.FIRM.withLeast(TextWidth.LEAST_ROOM));
    }

    public static <T> Column<T> time(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, CellContent.TIME, value, Look.FIRM);
    }

    public static <T> Column<T> number(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, CellContent.NUMBER, value, Look.FIRM);
    }

    public static <T> Column<T> money(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, CellContent.MONEY, value, Look.FIRM);
    }

    public static <T> Column<T> exact(String name, Function<T, @Nullable Object> value) {
        return new Column<>(name, CellContent.EXACT, value, Look.FIRM);
    }

    /** The same column, left out where there is no room; of several, the highest rank first. */
    public Column<T> rank(int rank) {
        return new Column<>(name, content, value, look.withRank(rank));
    }

    /** The same column, whose texts may be cut to so many characters. */
    public Column<T> shrinks(int least) {
        return new Column<>(name, content, value, look.withLeast(least));
    }

    /** The same column with a title of its own for people. */
    public Column<T> titled(String title) {
        return new Column<>(name, content, value, look.withTitle(title));
    }

    /** The cells of one row. */
    static <T> List<String> cells(List<Column<T>> columns, T row) {
        return columns.stream().map(c -> Objects.toString(c.value().apply(row), "")).toList();
    }

    Align align() {
        return content.align;
    }

    String title() {
        String title = look.title();
        return title == null ? name.replace('_', ' ').toUpperCase(Locale.ROOT) : title;
    }

    /**
     * How a column behaves on a narrow terminal.
     *
     * @param rank 0 for a column that always stays; of the others the highest goes first
     * @param least to how many characters its texts may be cut; 0 for never
     * @param title its title for people; null for its name in capitals
     */
    record Look(int rank, int least, @Nullable String title) {
        static final Look FIRM = new Look(0, 0, null);

        Look withRank(int other) {
            return new Look(other, least, title);
        }

        Look withLeast(int other) {
            return new Look(rank, other, title);
        }

        Look withTitle(String other) {
            return new Look(rank, least, other);
        }
    }
}
