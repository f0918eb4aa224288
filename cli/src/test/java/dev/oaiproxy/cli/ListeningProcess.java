package dev.oaiproxy.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process that listens, and prints its address in the first line. */
final class ListeningProcess implements AutoCloseable {
    private static final Pattern WHERE = Pattern.compile("listening on (http://[\\w.:]+)");

    private final Process process;
    private final String url;

    ListeningProcess(Process process, Path log) throws IOException {
        this.process = process;
        this.url = url(process, log);
    }

    /** Its address, without a path. */
    String url() {
        return url;
    }

    /** Sends SIGTERM and gives the exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    /** Waits for the end of the process, because it writes to its folder until then. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private static String url(Process process, Path log) throws IOException {
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        Matcher where = WHERE.matcher(line == null ? "" : line);
        if (!where.find()) {
            process.destroyForcibly();
            throw new IOException("does not listen: " + line + "\n" + Files.readString(log));
        }
        return where.group(1);
    }
}
