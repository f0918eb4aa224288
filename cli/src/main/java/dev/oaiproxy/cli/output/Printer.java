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

    /** How much of a table a person wants to see. */
    public enum Extent {
        /** What the terminal has room for, with rounded amounts and local times. */
        FITTED,
        /** Every column, as exactly as programs get it. */
        WIDE
    }

    private final Terminal terminal;
    private final Layout layout;
    private final Extent extent;

    public Printer(Terminal terminal, Optional<OutputFormat> asked) {
        this(terminal, asked, Extent.FITTED);
    }

    public Printer(Terminal terminal, Optional<OutputFormat> asked, Extent extent) {
        this.terminal = terminal;
        this.extent = extent;
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
        switch (layout) {
            case TABLE -> printForPeople(printable);
            case TABS -> terminal.out().print(tabs(printable));
            case CSV -> terminal.out().print(SeparatedValues.commas(table(printable)));
            case JSON -> terminal.out().print(json(answer));
        }
        terminal.out().flush();
    }

    /** Prints an answer that people see in another form than programs. */
    public void print(Printable forPeople, Printable forPrograms, Object answer) {
        print(asTable() && extent == Extent.FITTED ? forPeople : forPrograms, answer);
    }

    /** A stream of rows that come one after another. */
    public <T> RowStream<T> stream(List<Column<T>> columns) {
        return new RowStream<>(this, terminal, columns);
    }

    /** True where stdout must hold one JSON or CSV document and nothing else. */
    public boolean rowsOnly() {
        return layout == Layout.JSON || layout == Layout.CSV;
    }

    /** True for a person at a terminal. */
    public boolean asTable() {
        return layout == Layout.TABLE;
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

    TableStyle style() {
        return extent == Extent.WIDE ? TableStyle.wide() : TableStyle.fitting(terminal);
    }

    private void printForPeople(Printable printable) {
        switch (printable) {
            case Table table -> printAligned(table);
            case PropertyList properties -> terminal.out().print(lines(properties));
        }
    }

    /** The whole table, each line of it ended. A table without rows is no table. */
    private void printAligned(Table table) {
        if (table.rows().isEmpty()) {
            return;
        }
        AlignedTable text = AlignedTable.of(table, style());
        var lines = new StringBuilder(terminal.bold(text.header())).append('\n');
        table.rows().forEach(row -> lines.append(text.line(row)).append('\n'));
        table.total().ifPresent(row -> lines.append(terminal.bold(text.line(row))).append('\n'));
        terminal.out().print(lines);
        terminal.out().flush();
        tellDropped(text);
    }

    void tellDropped(AlignedTable text) {
        if (!text.dropped().isEmpty()) {
            terminal.say("not shown: " + text.dropped() + " (--wide shows all)");
        }
    }

    private String lines(PropertyList properties) {
        TableStyle style = style();
        List<PropertyList.Property> shown = properties.forPeople(style.zone());
        int names = shown.stream().mapToInt(line -> line.name().length()).max().orElse(0);
        String indent = " ".repeat(names + TableFit.GAP);
        var lines = new StringBuilder();
        for (PropertyList.Property line : shown) {
            String name = (line.name() + indent).substring(0, indent.length());
            int room = style.room() - indent.length();
            String value = SafeText.oneLine(line.value());
            lines.append(name).append(TextWidth.wrapped(value, room, indent)).append('\n');
        }
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
