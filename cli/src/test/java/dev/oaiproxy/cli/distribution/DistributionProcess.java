package dev.oaiproxy.cli.distribution;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process of the distribution that prints its address on stdout. The launcher execs the JVM, so a
 * kill hits the JVM itself. All output is appended to two files.
 */
final class DistributionProcess implements AutoCloseable {
    private static final Path LAUNCHER =
            Path.of(Objects.requireNonNull(System.getProperty("oaiproxy.dist")), "bin/oaiproxy");
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final CompletableFuture<URI> address = new CompletableFuture<>();
    private final Thread listener;

    private DistributionProcess(Process process, Path out) {
        this.process = process;
        this.listener = Thread.ofVirtual().start(() -> listen(out));
    }

    /** Starts a sub-command; its output files in the folder have its name. */
    static DistributionProcess start(
            Path logs, Map<String, String> environment, String... arguments) {
        List<String> command =
                Stream.concat(Stream.of(LAUNCHER.toString()), Stream.of(arguments)).toList();
        ProcessBuilder builder = new ProcessBuilder(command).directory(logs.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Path errors = logs.resolve(arguments[0] + ".err");
        builder.redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
        try {
            return new DistributionProcess(builder.start(), logs.resolve(arguments[0] + ".out"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Waits for the address. */
    URI address() throws Exception {
        return address.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Sends SIGKILL, and waits for the end of the process. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        listener.join();
    }

    /** Fills the heap of the process, which must end it; returns its exit code. */
    int exhaust(Path folder) throws IOException, InterruptedException {
        HeapFiller.fill(process.pid(), folder);
        int code = process.waitFor();
        listener.join();
        return code;
    }

    /** Sends SIGTERM; false if the process has not ended within a minute. */
    boolean stop() throws InterruptedException {
        process.destroy();
        return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private void listen(Path file) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                Writer out =
                        Files.newBufferedWriter(
                                file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.write(line + "\n");
                Matcher matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    address.complete(URI.create(matcher.group(1)));
                }
            }
            address.completeExceptionally(new IOException("it ended before it listened"));
        } catch (IOException e) {
            address.completeExceptionally(e);
        }
    }
}
