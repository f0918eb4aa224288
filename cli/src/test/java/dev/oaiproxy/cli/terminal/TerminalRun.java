package dev.oaiproxy.cli.terminal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The program on a pseudo-terminal, made by {@code script} of util-linux. What it prints is read
 * here as it comes, and what a person types is written when the question for it has been read.
 */
final class TerminalRun implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final Writer keyboard;
    private final StringBuilder shown = new StringBuilder();
    private int read;

    private TerminalRun(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.keyboard = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** The program and its place, to be started on terminals. */
    record Program(Path folder, String launcher, Map<String, String> variables) {
        Program with(String name, String value) {
            Map<String, String> more = new HashMap<>(variables);
            more.put(name, value);
            return new Program(folder, launcher, more);
        }

        /** Starts a command on a terminal of so many columns. */
        TerminalRun on(int columns, String... arguments) {
            String command = "stty cols " + columns + " rows 40; exec " + words(arguments);
            return new TerminalRun(started("script", "-q", "-e", "-f", "-c", command, "/dev/null"));
        }

        /** Runs a command to its end on a terminal of 80 columns. */
        TerminalOutput run(String... arguments) {
            try (TerminalRun run = on(80, arguments)) {
                return run.end();
            }
        }

        /** Runs a command to its end in a pipe, with nothing to read. */
        TerminalOutput pipe(String... arguments) {
            try (TerminalRun run =
                    new TerminalRun(
                            started("/bin/sh", "-c", words(arguments) + " </dev/null 2>err"))) {
                return run.end();
            }
        }

        private String words(String... arguments) {
            List<String> words = new ArrayList<>(List.of(launcher));
            words.addAll(List.of(arguments));
            words.replaceAll(word -> "'" + word.replace("'", "'\\''") + "'");
            return String.join(" ", words);
        }

        private Process started(String... command) {
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(Program::isSetting);
            environment.put("SHELL", "/bin/sh");
            environment.put("TERM", "xterm");
            environment.put("LC_ALL", "C.UTF-8");
            environment.put("TZ", "UTC");
            environment.put("JAVA_HOME", System.getProperty("java.home"));
            environment.putAll(variables);
            try {
                return builder.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static boolean isSetting(String name) {
            return name.matches("(OAIPROXY|OPENAI|DB|PROXY_SERVER)_.*|NO_COLOR|COLUMNS");
        }
    }

    /** What a command that has ended printed, and its exit code. */
    record TerminalOutput(int code, String text) {
        /** The text without colours. */
        String plain() {
            return text.replaceAll("\u001b\\[[0-9;]*m", "");
        }

        int widest() {
            return plain().lines()
                    .mapToInt(line -> line.codePointCount(0, line.length()))
                    .max()
                    .orElse(0);
        }
    }

    /** Waits for a text, and types a line when it is there. */
    TerminalRun answer(String question, String line) {
        await(question);
        try {
            keyboard.write(line + "\n");
            keyboard.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a text is shown behind what was waited for before. */
    void await(String text) {
        int at = shown.indexOf(text, read);
        while (at < 0) {
            if (!readOn()) {
                throw new AssertionError("ended without '" + text + "':\n" + shown);
            }
            at = shown.indexOf(text, read);
        }
        read = at + text.length();
    }

    TerminalOutput end() {
        while (readOn()) {
            read = shown.length();
        }
        try {
            return new TerminalOutput(process.waitFor(), shown.toString().replace("\r", ""));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private boolean readOn() {
        try {
            int next = output.read();
            if (next >= 0) {
                shown.append((char) next);
            }
            return next >= 0;
        } catch (IOException e) {
            // A terminal whose program has ended may say so by an error.
            return false;
        }
    }
}
