package dev.oaiproxy.cli.output;

import java.util.List;

/** Prints rows as they come. JSON is one value per line. */
public final class RowStream {
    private final Printer printer;
    private final Terminal terminal;
    private final AlignedTable text;
    private final List<Column> columns;
    private boolean begun;

    RowStream(Printer printer, Terminal terminal, List<Column> columns) {
        this.printer = printer;
        this.terminal = terminal;
        this.columns = columns;
        this.text = new AlignedTable(columns);
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
            case ALIGNED -> rows.forEach(row -> terminal.out().println(text.line(row)));
            case TABS -> rows.forEach(row -> terminal.out().print(SeparatedValues.tabs(row)));
            case COMMAS -> rows.forEach(row -> terminal.out().print(SeparatedValues.commas(row)));
            case JSON -> answers.forEach(a -> terminal.out().println(Printer.compact(a)));
        }
        terminal.out().flush();
    }

    private void begin() {
        begun = true;
        switch (printer.form()) {
            case ALIGNED -> terminal.out().println(terminal.bold(text.header()));
            case COMMAS -> terminal.out().print(SeparatedValues.header(columns));
            case TABS, JSON -> {}
        }
    }
}
