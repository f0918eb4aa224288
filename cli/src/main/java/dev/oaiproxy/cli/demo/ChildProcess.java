package dev.oaiproxy.cli.demo;

import dev.oaiproxy.cli.output.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of this program that prints its address to stdout. */
final class ChildProcess {
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 15;
    private static final int LAST_LINES = 20;

    private final String name;
    private final Process process;
    private final Path errors;
    private final CompletableFuture<URI> address = new CompletableFuture<>();

    private ChildProcess(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
    }

    /** Starts a sub-command in a folder of its own settings. */
    static ChildProcess start(
            ProgramLauncher launcher,
            List<String> arguments,
            Map<String, String> settings,
            Path folder) {
        String name = arguments.getFirst();
        Path errors = folder.resolve(name + ".log");
        var builder = new ProcessBuilder(launcher.words(arguments)).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(launcher.environment());
        builder.environment().putAll(settings);
        builder.redirectError(errors.toFile()).redirectInput(ProcessBuilder.Redirect.PIPE);
        try {
            var childProcess = new ChildProcess(name, builder.start(), errors);
            Thread.ofVirtual().name("demo-" + name).start(childProcess::listen);
            return childProcess;
        } catch (IOException e) {
            throw Failure.failed(
                    "cannot start " + launcher.command().getFirst(), "check that it can be run");
        }
    }

    URI address() {
        try {
            return address.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw Failure.failed("the " + name + " process ended before it listened", "see above");
        } catch (TimeoutException e) {
            throw Failure.failed(
                    "the " + name + " process did not listen within " + START_SECONDS + " s",
                    "see above");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.failed("interrupted", "start the demo again");
        }
    }

    void await() {
        process.onExit().join();
    }

    /** Stops the process, by force when it takes too long. */
    void stop() {
        stop(STOP_SECONDS);
    }

    /** The same, with another limit. */
    void stop(int seconds) {
        process.destroy();
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The last lines that it wrote to stderr. */
    List<String> lastWords() {
        try {
            List<String> lines = Files.readAllLines(errors, StandardCharsets.UTF_8);
            return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Reads stdout to its end, so that the process never waits for a reader. */
    private void listen() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Matcher matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    address.complete(URI.create(matcher.group(1)));
                }
            }
            address.completeExceptionally(new IOException("stdout ended"));
        } catch (IOException e) {
            address.completeExceptionally(e);
        }
    }
}
