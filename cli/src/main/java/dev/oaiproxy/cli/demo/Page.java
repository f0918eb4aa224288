package dev.oaiproxy.cli.demo;

import dev.oaiproxy.cli.output.Content;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Format;
import dev.oaiproxy.cli.output.Printer;
import dev.oaiproxy.cli.output.Screen;
import dev.oaiproxy.cli.output.Text;
import java.io.PrintStream;
import java.util.Optional;

/** Where the story is written, in numbered steps. */
final class Page {
    private static final long PAUSE_MILLIS = 100;
    private static final String INDENT = "   ";

    private final Screen screen;
    private final PrintStream out;
    private int steps;

    Page(Screen screen) {
        this.screen = screen;
        this.out = screen.out();
    }

    /** Begins a step. */
    void step(String title) {
        steps++;
        out.println();
        out.println(screen.bold(steps + ". " + title));
    }

    void line(String text) {
        out.println(INDENT + Text.visible(text));
    }

    /** Begins a line that comes in pieces. */
    void begin() {
        out.print(INDENT);
    }

    void piece(String text) {
        out.print(Text.oneLine(text));
        out.flush();
    }

    void end() {
        out.println();
    }

    void show(Content content, Object answer) {
        new Printer(screen, Optional.of(Format.TABLE)).print(content, answer);
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
