package dev.oaiproxy.server.store;

import dev.oaiproxy.server.Eventually;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server of the family of MySQL, on a folder that goes with it. */
final class MySqlProcess {
    private final List<String> command;
    private final Path folder;
    private final String host;
    private Process process;

    private MySqlProcess(List<String> command, Path folder, String host) throws Exception {
        this.command = command;
        this.folder = folder;
        this.host = host;
        this.process = begin();
        Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
        await();
    }

    /**
     * Starts one.
     *
     * @param folder what it was initialized with
     * @param program the program, and how it differs from others
     */
    static MySqlProcess start(Path folder, List<String> program, TestCertificate certificate)
            throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        boolean durable = TestServer.durable();
        List<String> command = new ArrayList<>(List.of(program.getFirst(), "--no-defaults"));
        command.addAll(
                List.of(
                        "--user=" + System.getProperty("user.name"),
                        "--datadir=" + folder,
                        "--bind-address=127.0.0.1",
                        "--port=" + port,
                        "--socket=" + folder.resolve("s"),
                        "--max-connections=300",
                        "--ssl-cert=" + certificate.certificate(),
                        "--ssl-key=" + certificate.key(),
                        "--innodb-flush-log-at-trx-commit=" + (durable ? 1 : 0)));
        if (!durable) {
            command.addAll(List.of("--innodb-flush-method=nosync", "--skip-innodb-doublewrite"));
        }
        command.addAll(program.subList(1, program.size()));
        return new MySqlProcess(command, folder, "127.0.0.1:" + port);
    }

    /** The URL of the administrator of such a server, who needs no password. */
    static String admin(String host) {
        return "jdbc:mysql://" + host + "/?user=root&sslMode=DISABLED";
    }

    String host() {
        return host;
    }

    /** The numbers of its processes. */
    List<Long> family() {
        return Programs.family(process.toHandle());
    }

    /** Stops it in order. */
    void halt() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    /**
     * Starts it again, and waits until it answers.
     *
     * @param more how it differs from now on
     */
    void launch(List<String> more) throws Exception {
        command.addAll(more);
        process = begin();
        await();
    }

    void kill() {
        process.destroyForcibly();
    }

    private Process begin() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private void await() throws IOException {
        Eventually.ask(() -> Programs.answers(admin(host)) || !process.isAlive(), over -> over);
        if (!process.isAlive()) {
            throw new IOException(Files.readString(log()));
        }
    }

    private Path log() {
        return folder.resolve("log");
    }

    private void remove() {
        process.destroyForcibly().onExit().join();
        Programs.remove(folder);
    }
}
