package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.Eventually;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A database server that is started by this process, and removed with it. */
final class ServerProcess {
    private final List<String> command;
    private final ServerDisk serverDisk;
    private final Access access;
    private Process process;

    /**
     * The access to the server.
     *
     * @param admin the URL of its administrator, who needs no password
     * @param end the signal at which it stops in order, without waiting for its users
     */
    record Access(int port, String admin, String end) {
        String host() {
            return "127.0.0.1:" + port;
        }
    }

    /** Starts one, and waits until it answers. */
    ServerProcess(List<String> command, ServerDisk serverDisk, Access access) throws Exception {
        this.command = new ArrayList<>(command);
        this.serverDisk = serverDisk;
        this.access = access;
        this.process = begin();
        Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
        await();
    }

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    /** Starts one of the family of MySQL. */
    static ServerProcess mysql(
            ServerDisk serverDisk, List<String> program, DatabaseCertificate certificate)
            throws Exception {
        int port = freePort();
        boolean durable = TestServer.durable();
        List<String> command = new ArrayList<>(List.of(program.getFirst(), "--no-defaults"));
        command.addAll(
                List.of(
                        "--user=" + System.getProperty("user.name"),
                        "--datadir=" + serverDisk.data(),
                        "--bind-address=127.0.0.1",
                        "--port=" + port,
                        "--socket=" + serverDisk.folder().resolve("s"),
                        "--max-connections=300",
                        "--ssl-cert=" + certificate.certificate(),
                        "--ssl-key=" + certificate.key(),
                        "--innodb-flush-log-at-trx-commit=" + (durable ? 1 : 0)));
        if (!durable) {
            command.addAll(List.of("--innodb-flush-method=nosync", "--skip-innodb-doublewrite"));
        }
        command.addAll(program.subList(1, program.size()));
        String admin = "jdbc:mysql://127.0.0.1:" + port + "/?user=root&sslMode=DISABLED";
        return new ServerProcess(command, serverDisk, new Access(port, admin, "TERM"));
    }

    String host() {
        return access.host();
    }

    /** The URL of the administrator, who needs no password. */
    String admin() {
        return access.admin();
    }

    /** The numbers of its processes. */
    List<Long> family() {
        return SystemPrograms.family(process.toHandle());
    }

    /** Stops it in order; it keeps what it has. */
    void halt() throws Exception {
        SystemPrograms.run(List.of("kill", "-" + access.end(), Long.toString(process.pid())));
        process.waitFor();
    }

    /** Starts it again, and waits until it answers. */
    void launch() throws Exception {
        process = begin();
        await();
    }

    /** Starts it again if it has ended. */
    void revive() throws Exception {
        if (!process.isAlive()) {
            launch();
        }
    }

    void kill() {
        process.destroyForcibly();
    }

    private Process begin() throws IOException {
        return new ProcessBuilder(serverDisk.command(command))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private void await() throws IOException {
        Eventually.ask(() -> SystemPrograms.answers(admin()) || !process.isAlive(), over -> over);
        if (!process.isAlive()) {
            throw new IOException(Files.readString(log()));
        }
    }

    private Path log() {
        return serverDisk.folder().resolve("log");
    }

    /** Ends it, and removes what it has. */
    void remove() {
        process.destroyForcibly().onExit().join();
        SystemPrograms.remove(serverDisk.folder());
    }
}
