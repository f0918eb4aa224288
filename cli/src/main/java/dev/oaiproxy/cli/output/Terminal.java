package dev.oaiproxy.cli.output;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The terminal or pipe of a command: data goes to {@code out}, messages to {@code err}.
 *
 * @param interactive true when a person reads {@code out}
 * @param colour true when escape codes may be used
 * @param prompts questions to the person; empty when nobody is at the terminal
 * @param display what the terminal shows, and what the program is called there
 */
public record Terminal(
        PrintStream out,
        PrintStream err,
        boolean interactive,
        boolean colour,
        Optional<Prompts> prompts,
        Display display) {

    public static Terminal ofProcess(Map<String, String> environment) {
        Optional<Console> console =
                Optional.ofNullable(System.console()).filter(Console::isTerminal);
        Charset charset = console.map(Console::charset).orElse(StandardCharsets.UTF_8);
        boolean plain = environment.containsKey("NO_COLOR") || dumb(environment);
        return new Terminal(
                stream(FileDescriptor.out, charset),
                stream(FileDescriptor.err, charset),
                console.isPresent(),
                console.isPresent() && !plain,
                Prompts.of(console),
                Display.ofProcess(environment));
    }

    /** Says something to the person, apart from the data. */
    public void say(String text) {
        err.println(SafeText.visible(display.named(text)));
    }

    /** A time of the admin API as the person reads it. */
    public String time(String time) {
        return PersonFormat.second(time, display.zone());
    }

    /** A text in bold where that is possible. */
    public String bold(String text) {
        return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    private static PrintStream stream(FileDescriptor descriptor, Charset charset) {
        return new PrintStream(new FileOutputStream(descriptor), true, charset);
    }

    private static boolean dumb(Map<String, String> environment) {
        return "dumb".equals(environment.get("TERM"));
    }
}
