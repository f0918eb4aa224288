package dev.oaiproxy.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.oaiproxy.api.Json;
import java.util.List;
import java.util.Optional;

/** Writes answers to stdout in the form that was asked for, or that fits who reads. */
public final class Printer {
    /** How an answer is written. */
    enum Form {
        ALIGNED,
        TABS,
        COMMAS,
        JSON
    }

    private final Screen screen;
    private final Form form;

    public Printer(Screen screen, Optional<Format> asked) {
        this.screen = screen;
        this.form = asked.map(Printer::form).orElse(screen.terminal() ? Form.ALIGNED : Form.TABS);
    }

    /**
     * Prints an answer.
     *
     * @param content the answer for people and for tables
     * @param answer the same in the shape of the admin API, for JSON
     */
    public void print(Content content, Object answer) {
        screen.out()
                .print(
                        switch (form) {
                            case ALIGNED -> aligned(content);
                            case TABS -> tabs(content);
                            case COMMAS -> Separated.commas(table(content));
                            case JSON -> json(answer);
                        });
        screen.out().flush();
    }

    /** A way to print rows that come bit by bit. */
    public Stream stream(List<Column> columns) {
        return new Stream(this, screen, columns);
    }

    /** Whether it must be nothing but one answer, as JSON and CSV are. */
    public boolean rowsOnly() {
        return form == Form.JSON || form == Form.COMMAS;
    }

    /** Whether JSON was asked for. */
    public boolean asJson() {
        return form == Form.JSON;
    }

    Form form() {
        return form;
    }

    static String compact(Object answer) {
        return written(Json.mapper().writer(), answer);
    }

    private static Form form(Format format) {
        return switch (format) {
            case TABLE -> Form.ALIGNED;
            case CSV -> Form.COMMAS;
            case JSON -> Form.JSON;
        };
    }

    private String aligned(Content content) {
        return switch (content) {
            case Table table -> TableText.of(table, screen::bold);
            case Card card -> lines(card);
        };
    }

    private static String lines(Card card) {
        Table words = card.asWords();
        var text = new TableText(words.columns());
        text.widen(words.rows());
        var lines = new StringBuilder();
        words.rows().forEach(row -> lines.append(text.line(row)).append('\n'));
        return lines.toString();
    }

    private static String tabs(Content content) {
        Table table = content instanceof Card card ? card.asRows() : table(content);
        var lines = new StringBuilder();
        table.rows().forEach(row -> lines.append(Separated.tabs(row)));
        return lines.toString();
    }

    private static Table table(Content content) {
        return switch (content) {
            case Table table -> table;
            case Card card -> card.asTable();
        };
    }

    private String json(Object answer) {
        var mapper = Json.mapper();
        var writer = screen.terminal() ? mapper.writerWithDefaultPrettyPrinter() : mapper.writer();
        return written(writer, answer) + "\n";
    }

    private static String written(ObjectWriter writer, Object answer) {
        try {
            return writer.writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer that JSON cannot hold", e);
        }
    }
}
