package dev.oaiproxy.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.oaiproxy.api.Json;
import java.util.List;
import java.util.Optional;

/**
 * Writes results to stdout in the chosen format, else in the one that fits the terminal or pipe.
 */
public final class Printer {
    /** The formats, and the one for a pipe. */
    enum Layout {
        TABLE,
        TABS,
        CSV,
        JSON
    }

    private final Terminal terminal;
    private final Layout layout;

    public Printer(Terminal terminal, Optional<OutputFormat> asked) {
        this.terminal = terminal;
        this.layout =
                asked.map(format -> Layout.valueOf(format.name()))
                        .orElse(terminal.interactive() ? Layout.TABLE : Layout.TABS);
    }

    /**
     * Prints an answer.
     *
     * @param printable the answer for people and for tables
     * @param answer the same in the shape of the admin API, for JSON
     */
    public void print(Printable printable, Object answer) {
        terminal.out()
                .print(
                        switch (layout) {
                            case TABLE -> aligned(printable);
                            case TABS -> tabs(printable);
                            case CSV -> SeparatedValues.commas(table(printable));
                            case JSON -> json(answer);
                        });
        terminal.out().flush();
    }

    /** A stream of rows that come one after another. */
    public <T> RowStream<T> stream(List<Column<T>> columns) {
        return new RowStream<>(this, terminal, columns);
    }

    /** True where stdout must hold one JSON or CSV document and nothing else. */
    public boolean rowsOnly() {
        return layout == Layout.JSON || layout == Layout.CSV;
    }

    public boolean asJson() {
        return layout == Layout.JSON;
    }

    Layout layout() {
        return layout;
    }

    static String compact(Object answer) {
        return written(Json.mapper().writer(), answer);
    }

    private String aligned(Printable printable) {
        return switch (printable) {
            case Table table -> AlignedTable.of(table, terminal::bold);
            case PropertyList properties -> lines(properties);
        };
    }

    private static String lines(PropertyList properties) {
        Table words = properties.asWords();
        var text = new AlignedTable(words.columns());
        text.widen(words.rows());
        var lines = new StringBuilder();
        words.rows().forEach(row -> lines.append(text.line(row)).append('\n'));
        return lines.toString();
    }

    private static String tabs(Printable printable) {
        Table table =
                printable instanceof PropertyList properties
                        ? properties.asRows()
                        : table(printable);
        var lines = new StringBuilder();
        table.rows().forEach(row -> lines.append(SeparatedValues.tabs(row)));
        return lines.toString();
    }

    private static Table table(Printable printable) {
        return switch (printable) {
            case Table table -> table;
            case PropertyList properties -> properties.asTable();
        };
    }

    private String json(Object answer) {
        var mapper = Json.mapper();
        var writer =
                terminal.interactive() ? mapper.writerWithDefaultPrettyPrinter() : mapper.writer();
        return written(writer, answer) + "\n";
    }

    private static String written(ObjectWriter writer, Object answer) {
        try {
            return writer.writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the output cannot be written as JSON", e);
        }
    }
}
