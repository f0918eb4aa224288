package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.Eventually;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A PostgreSQL of this process. */
final class PostgresProcess {
    /** Every connection hashes its password; 4,096 times each would be a third of the tests. */
    private static final String HASHES = "1";

    private final EmbeddedPostgres running;
    private final Path postmaster;

    private PostgresProcess(EmbeddedPostgres running) throws Exception {
        this.running = running;
        this.postmaster = Path.of(shown(admin(), "data_directory")).resolve("postmaster.pid");
    }

    /**
     * Starts one.
     *
     * @param durable whether every commit has to reach the disk
     */
    static PostgresProcess start(boolean durable, DatabaseCertificate certificate)
            throws Exception {
        String flush = durable ? "on" : "off";
        EmbeddedPostgres server =
                EmbeddedPostgres.builder()
                        .setServerConfig("fsync", flush)
                        .setServerConfig("full_page_writes", flush)
                        .setServerConfig("synchronous_commit", flush)
                        .setServerConfig("listen_addresses", "127.0.0.1")
                        .setServerConfig("max_connections", "300")
                        .setServerConfig("scram_iterations", HASHES)
                        .setServerConfig("ssl", "on")
                        .setServerConfig("ssl_cert_file", certificate.certificate().toString())
                        .setServerConfig("ssl_key_file", certificate.key().toString())
                        .start();
        return new PostgresProcess(server);
    }

    /**
     * Starts one more, which is not meant to last.
     *
     * @param programs the folder of its programs
     * @param more its settings
     */
    static ServerProcess another(Path programs, ServerDisk serverDisk, List<String> more)
            throws Exception {
        // Root may not be its user, so it is run as somebody of a namespace of its own.
        ServerDisk ours =
                new ServerDisk(serverDisk.folder(), serverDisk.command(List.of("unshare", "-U")));
        String data = serverDisk.data().toString();
        String initdb = programs.resolve("initdb").toString();
        List<String> make = new ArrayList<>(List.of(initdb, "-D", data, "-U", "postgres"));
        make.addAll(List.of("-A", "trust", "-E", "UTF8", "--wal-segsize=1", "--no-sync"));
        SystemPrograms.run(ours.command(make));
        int port = ServerProcess.freePort();
        List<String> command = new ArrayList<>();
        command.addAll(List.of(programs.resolve("postgres").toString(), "-D", data));
        command.addAll(List.of("-p", Integer.toString(port), "-k", data, "-h", "127.0.0.1"));
        command.addAll(List.of("-c", "fsync=" + (TestServer.durable() ? "on" : "off")));
        command.addAll(List.of("-c", "scram_iterations=" + HASHES));
        more.forEach(setting -> command.addAll(List.of("-c", setting)));
        String admin = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
        return new ServerProcess(command, ours, new ServerProcess.Access(port, admin, "INT"));
    }

    /** The folder of its programs. */
    Path programs() throws IOException {
        String options = Files.readString(postmaster.resolveSibling("postmaster.opts"));
        return Path.of(options.substring(0, options.lastIndexOf("/", options.indexOf(' '))));
    }

    String host() {
        return "127.0.0.1:" + running.getPort();
    }

    /** The URL of its administrator, who needs no password. */
    String admin() {
        return "jdbc:postgresql://" + host() + "/postgres?user=postgres";
    }

    /** Requires a password of all other users. */
    void askForPasswords() throws Exception {
        Files.writeString(
                Path.of(shown(admin(), "hba_file")),
                """
                host all postgres 127.0.0.1/32 trust
                host all all 127.0.0.1/32 scram-sha-256
                """);
        TestServer.run(admin(), "SELECT pg_reload_conf()");
    }

    /**
     * Sets whether one lets nobody write, as one that follows another, and waits until it is so.
     *
     * @param admin the URL of its administrator
     */
    static void readOnly(String admin, boolean whether) {
        String wanted = whether ? "on" : "off";
        String setting = "default_transaction_read_only";
        TestServer.run(admin, "ALTER SYSTEM SET " + setting + " = " + wanted);
        TestServer.run(admin, "SELECT pg_reload_conf()");
        Eventually.ask(() -> shown(admin, setting), wanted::equals);
    }

    /** Kills it: a clean stop would first write data that is thrown away. */
    void kill() {
        try {
            SystemPrograms.run(List.of("kill", "-QUIT", Files.readAllLines(postmaster).getFirst()));
            running.close();
        } catch (Exception e) {
            System.err.println("PostgreSQL was not stopped: " + e);
        }
    }

    private static String shown(String admin, String setting) {
        try (Connection connection = DriverManager.getConnection(admin);
                Statement one = connection.createStatement();
                ResultSet row = one.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            return e.toString();
        }
    }
}
