package dev.oaiproxy.cli.output;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The properties of one object, one per line. */
public record PropertyList(List<Property> lines) implements Printable {
    /** A name in snake_case, and a value that is empty when there is none. */
    public record Property(String name, String value) {}

    /** A card from names and values in turn, where null is an empty value. */
    public static PropertyList of(@Nullable Object... namesAndValues) {
        var lines = new ArrayList<Property>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String name = Objects.toString(namesAndValues[i]);
            lines.add(new Property(name, Objects.toString(namesAndValues[i + 1], "")));
        }
        return new PropertyList(Collections.unmodifiableList(lines));
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

    /** The card as rows whose names are words. */
    Table asWords() {
        var words = lines.stream().map(l -> new Property(l.name().replace('_', ' '), l.value()));
        return new PropertyList(words.toList()).asRows();
    }
}
