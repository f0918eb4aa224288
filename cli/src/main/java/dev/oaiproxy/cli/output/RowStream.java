package dev.oaiproxy.cli.output;

import java.util.List;

/** Prints rows as they come. JSON is one value per line. */
public final class RowStream<T> {
    private final Printer printer;
    private final Terminal terminal;
    private final AlignedTable text;
    private final List<Column<T>> columns;
    private boolean begun;

    RowStream(Printer printer, Terminal terminal, List<Column<T>> columns) {
        this.printer = printer;
        this.terminal = terminal;
        this.columns = columns;
        this.text = new AlignedTable(columns, printer.style());
    }

    /** Writes rows, and before the first ones a header where the form has one. */
    public void write(List<T> answers) {
        var out = terminal.out();
        List<List<String>> rows = Table.of(columns, answers).rows();
        text.widen(rows);
        if (!begun) {
            begin();
        }
        switch (printer.layout()) {
            case TABLE -> rows.forEach(row -> out.println(text.line(row)));
            case TABS -> rows.forEach(row -> out.print(SeparatedValues.tabs(row)));
            case CSV -> rows.forEach(row -> out.print(SeparatedValues.commas(row)));
            case JSON -> answers.forEach(answer -> out.println(Printer.compact(answer)));
        }
        out.flush();
    }

    private void begin() {
        begun = true;
        switch (printer.layout()) {
            case TABLE -> {
                terminal.out().println(terminal.bold(text.header()));
                printer.tellDropped(text);
            }
            case CSV -> terminal.out().print(SeparatedValues.header(columns));
            case TABS, JSON -> {}
        }
    }
}
