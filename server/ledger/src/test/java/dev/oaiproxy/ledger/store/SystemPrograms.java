package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Programs of the machine, and their processes. */
final class SystemPrograms {
    private SystemPrograms() {}

    static String find(String name) throws IOException {
        return Stream.of("/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElseThrow(() -> new IOException("no program " + name));
    }

    /** Runs a program to its end; fails unless its exit code is 0. */
    static void run(List<String> command) throws Exception {
        Path log = Files.createTempFile("oaiproxy-", ".log");
        int code =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start()
                        .waitFor();
        String said = Files.readString(log);
        Files.delete(log);
        if (code != 0) {
            throw new IOException(command + " ended with " + code + ": " + said);
        }
    }

    /** The numbers of a process and of all that it has started. */
    static List<Long> family(ProcessHandle first) {
        return Stream.concat(Stream.of(first), first.descendants())
                .map(ProcessHandle::pid)
                .toList();
    }

    static long alive(List<Long> processes) {
        return processes.stream().flatMap(one -> ProcessHandle.of(one).stream()).count();
    }

    /**
     * Sends STOP or CONT; one with many threads takes a while to stop all of them. A server ends
     * some of its processes by itself, and those that are gone by now are left out.
     */
    static void signal(String name, List<Long> processes) throws Exception {
        boolean stop = name.equals("STOP");
        for (long one : processes) {
            try {
                run(List.of("kill", "-" + name, Long.toString(one)));
            } catch (IOException e) {
                if (alive(List.of(one)) > 0) {
                    throw e;
                }
            }
            Eventually.ask(() -> stands(one) == stop || alive(List.of(one)) == 0, done -> done);
        }
    }

    private static boolean stands(long process) {
        try {
            String state = output("ps", "-o", "stat=", "-p", Long.toString(process));
            return state.startsWith("T");
        } catch (IOException gone) {
            return false;
        }
    }

    private static String output(String... command) throws IOException {
        try (var lines = new ProcessBuilder(command).start().inputReader()) {
            return lines.readAllAsString();
        }
    }

    /** True when a server accepts a connection. */
    static boolean answers(String url) {
        try {
            DriverManager.getConnection(url).close();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** Removes a folder, unless that has been done. */
    static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            System.err.println(folder + " was not removed: " + e);
        }
    }
}
