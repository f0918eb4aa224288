package dev.oaiproxy.cli.output;

import java.util.List;

/** Rows that come bit by bit. JSON is one value a line. */
public final class Stream {
    private final Printer printer;
    private final Screen screen;
    private final TableText text;
    private final List<Column> columns;
    private boolean begun;

    Stream(Printer printer, Screen screen, List<Column> columns) {
        this.printer = printer;
        this.screen = screen;
        this.columns = columns;
        this.text = new TableText(columns);
    }

    /**
     * Writes rows, and before the first ones a header where the form has one.
     *
     * @param answers the same rows in the shape of the admin API
     */
    public void write(List<List<String>> rows, List<?> answers) {
        text.widen(rows);
        if (!begun) {
            begin();
        }
        switch (printer.form()) {
            case ALIGNED -> rows.forEach(row -> screen.out().println(text.line(row)));
            case TABS -> rows.forEach(row -> screen.out().print(Separated.tabs(row)));
            case COMMAS -> rows.forEach(row -> screen.out().print(Separated.commas(row)));
            case JSON -> answers.forEach(a -> screen.out().println(Printer.compact(a)));
        }
        screen.out().flush();
    }

    private void begin() {
        begun = true;
        switch (printer.form()) {
            case ALIGNED -> screen.out().println(screen.bold(text.header()));
            case COMMAS -> screen.out().print(Separated.header(columns));
            case TABS, JSON -> {}
        }
    }
}
