package dev.oaiproxy.cli.demo;

import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.OutputFormat;
import dev.oaiproxy.cli.output.Printable;
import dev.oaiproxy.cli.output.Printer;
import dev.oaiproxy.cli.output.SafeText;
import dev.oaiproxy.cli.output.Terminal;
import java.io.PrintStream;
import java.util.Optional;

/** Prints the demo in numbered steps. */
final class DemoOutput {
    private static final long PAUSE_MILLIS = 100;
    private static final String INDENT = "   ";

    private final Terminal terminal;
    private final PrintStream out;
    private int steps;

    DemoOutput(Terminal terminal) {
        this.terminal = terminal;
        this.out = terminal.out();
    }

    Terminal terminal() {
        return terminal;
    }

    void step(String title) {
        steps++;
        out.println();
        out.println(terminal.bold(steps + ". " + title));
    }

    void line(String text) {
        out.println(INDENT + SafeText.visible(text));
    }

    /** Begins a line that comes in pieces. */
    void begin() {
        out.print(INDENT);
    }

    void piece(String text) {
        out.print(SafeText.oneLine(text));
        out.flush();
    }

    void end() {
        out.println();
    }

    void show(Printable printable, Object answer) {
        new Printer(terminal, Optional.of(OutputFormat.TABLE)).print(printable, answer);
    }

    /** Text as it is, after an empty line. */
    void block(String text) {
        out.println();
        out.println(text.stripTrailing());
        out.flush();
    }

    static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.failed("interrupted", "start the demo again");
        }
    }
}
