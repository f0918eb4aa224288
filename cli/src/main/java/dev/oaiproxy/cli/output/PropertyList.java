package dev.oaiproxy.cli.output;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The properties of one object, one per line. */
public record PropertyList(List<Property> lines) implements Printable {
    /** A name in snake_case, and a value that is empty when there is none. */
    public record Property(String name, String value, Column.CellContent content) {
        /** The content of a value follows from its name: {@code spent_usd}, {@code expires_at}. */
        public Property(String name, String value) {
            this(name, value, content(name));
        }

        private static Column.CellContent content(String name) {
            if (name.endsWith("_usd")) {
                return Column.CellContent.MONEY;
            }
            boolean time = name.equals("at") || name.endsWith("_at");
            return time ? Column.CellContent.TIME : Column.CellContent.TEXT;
        }

        Property forPeople(@Nullable ZoneId zone) {
            String words = name.replace('_', ' ');
            return new Property(words, zone == null ? value : shown(zone), Column.CellContent.TEXT);
        }

        private String shown(ZoneId zone) {
            return switch (content) {
                case MONEY -> PersonFormat.usd(value);
                case TIME -> PersonFormat.second(value, zone);
                case TEXT, PROSE, NUMBER, EXACT -> value;
            };
        }
    }

    /** A card from names and values in turn, where null is an empty value. */
    public static PropertyList of(@Nullable Object... namesAndValues) {
        var lines = new ArrayList<Property>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String name = Objects.toString(namesAndValues[i]);
            lines.add(new Property(name, Objects.toString(namesAndValues[i + 1], "")));
        }
        return new PropertyList(Collections.unmodifiableList(lines));
    }

    /** The same card, whose amounts nobody rounds. */
    public PropertyList exact() {
        return new PropertyList(lines.stream().map(PropertyList::exact).toList());
    }

    private static Property exact(Property line) {
        boolean money = line.content() == Column.CellContent.MONEY;
        return money ? new Property(line.name(), line.value(), Column.CellContent.EXACT) : line;
    }

    Table asTable() {
        List<Column<PropertyList>> columns = new ArrayList<>();
        lines.forEach(line -> columns.add(Column.text(line.name(), _ -> line.value())));
        return Table.of(columns, List.of(this));
    }

    /** The card as rows of name and value, without titles. */
    Table asRows() {
        return Table.of(
                List.of(Column.text("", Property::name), Column.text("", Property::value)), lines);
    }

    /**
     * The properties that have a value, with names as words, and values as people read them.
     *
     * @param zone the zone of times; null for exact values
     */
    List<Property> forPeople(@Nullable ZoneId zone) {
        return lines.stream()
                .filter(line -> !line.value().isEmpty())
                .map(line -> line.forPeople(zone))
                .toList();
    }
}
