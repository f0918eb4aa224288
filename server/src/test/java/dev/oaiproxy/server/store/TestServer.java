package dev.oaiproxy.server.store;

import dev.oaiproxy.server.Eventually;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** Database servers of this process, on loopback, each in a folder that goes with it. */
@SuppressWarnings("ImmutableEnumChecker") // Each is one process, which comes and goes.
enum TestServer {
    POSTGRESQL {
        private @Nullable EmbeddedPostgres running;
        private @Nullable Path postmaster;

        @Override
        String start() throws Exception {
            String durable = durable() ? "on" : "off";
            running =
                    EmbeddedPostgres.builder()
                            .setServerConfig("fsync", durable)
                            .setServerConfig("full_page_writes", durable)
                            .setServerConfig("synchronous_commit", durable)
                            .setServerConfig("listen_addresses", "127.0.0.1")
                            .setServerConfig("max_connections", "300")
                            .setServerConfig("ssl", "on")
                            .setServerConfig(
                                    "ssl_cert_file", certificate().certificate().toString())
                            .setServerConfig("ssl_key_file", certificate().key().toString())
                            .start();
            String url =
                    "jdbc:postgresql://127.0.0.1:" + running.getPort() + "/postgres?user=postgres";
            run(url, "CREATE ROLE " + USER + " LOGIN PASSWORD '" + QUOTED + "'");
            askForPasswords(url);
            postmaster = shown(url, "data_directory").resolve("postmaster.pid");
            return "127.0.0.1:" + running.getPort();
        }

        private static Path shown(String url, String setting) throws SQLException {
            return Path.of(text(url, setting));
        }

        private static String text(String url, String setting) throws SQLException {
            try (Connection connection = DriverManager.getConnection(url);
                    Statement one = connection.createStatement();
                    ResultSet row = one.executeQuery("SHOW " + setting)) {
                row.next();
                return row.getString(1);
            }
        }

        private static void askForPasswords(String url) throws Exception {
            Files.writeString(
                    shown(url, "hba_file"),
                    """
                    host all postgres 127.0.0.1/32 trust
                    host all all 127.0.0.1/32 scram-sha-256
                    """);
            run(url, "SELECT pg_reload_conf()");
        }

        @Override
        void create(String name) {
            run(admin(), "CREATE DATABASE %s OWNER %s STRATEGY file_copy".formatted(name, USER));
        }

        @Override
        void copy(String from, String name) {
            run(
                    admin(),
                    "CREATE DATABASE %s OWNER %s TEMPLATE %s STRATEGY file_copy"
                            .formatted(name, USER, from));
        }

        @Override
        void halt() throws Exception {
            List<Long> all = processes();
            Programs.run(List.of("kill", "-INT", all.getFirst().toString()));
            Eventually.ask(() -> Programs.alive(all), count -> count == 0);
        }

        @Override
        void resume() throws Exception {
            Path file = Objects.requireNonNull(postmaster);
            String options = Files.readString(file.resolveSibling("postmaster.opts")).strip();
            // Root may not be its user, so it is run as somebody of a namespace of its own.
            boolean root = System.getProperty("user.name").equals("root");
            String command = (root ? "exec unshare -U " : "exec ") + options;
            new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .redirectOutput(file.resolveSibling("again.log").toFile())
                    .start();
            Eventually.ask(() -> Programs.answers(admin()), there -> there);
        }

        @Override
        List<Long> processes() throws Exception {
            Path file = Objects.requireNonNull(postmaster);
            long pid = Long.parseLong(Files.readAllLines(file).getFirst().strip());
            return Programs.family(ProcessHandle.of(pid).orElseThrow());
        }

        @Override
        void readOnly(boolean whether) {
            String wanted = whether ? "on" : "off";
            run(admin(), "ALTER SYSTEM SET default_transaction_read_only = " + wanted);
            run(admin(), "SELECT pg_reload_conf()");
            Eventually.ask(this::readOnly, wanted::equals);
        }

        private String readOnly() {
            try {
                return text(admin(), "default_transaction_read_only");
            } catch (SQLException e) {
                return e.toString();
            }
        }

        @Override
        String admin() {
            return "jdbc:postgresql://" + host() + "/postgres?user=postgres";
        }

        @Override
        void stop() {
            try {
                if (running != null && postmaster != null) {
                    // At once: what is in it is thrown away, and would be written out first.
                    String pid = Files.readAllLines(postmaster).getFirst();
                    Programs.run(List.of("kill", "-QUIT", pid));
                    running.close();
                }
            } catch (Exception e) {
                System.err.println("PostgreSQL was not stopped: " + e);
            }
        }
    },

    MARIADB {
        @Override
        MySqlProcess another(List<String> more) throws Exception {
            Path folder = Files.createTempDirectory("oaiproxy-mariadb-");
            ServerArchive archive = ServerArchive.MARIADB;
            if (!archive.isThere()) {
                install(List.of(Programs.find("mariadb-install-db")), folder);
                return begin(folder, List.of(Programs.find("mariadbd")), more);
            }
            String home = archive.unpacked().toString();
            String base = "--basedir=" + home;
            install(List.of(home + "/scripts/mariadb-install-db", base), folder);
            return begin(folder, List.of(home + "/bin/mariadbd", base), more);
        }

        // Who may do anything may write to a server that is only for reading.
        @Override
        void readOnly(boolean whether) {
            if (whether) {
                run(admin(), "REVOKE READ ONLY ADMIN ON *.* FROM " + USER);
            }
            run(admin(), "SET GLOBAL read_only = " + whether);
        }

        private static void install(List<String> program, Path folder) throws Exception {
            List<String> command = new ArrayList<>(List.of(program.getFirst(), "--no-defaults"));
            command.addAll(program.subList(1, program.size()));
            command.addAll(
                    List.of(
                            "--user=" + System.getProperty("user.name"),
                            "--datadir=" + folder,
                            "--auth-root-authentication-method=normal",
                            "--skip-test-db"));
            Programs.run(command);
        }

        @Override
        void create(String name) {
            run(admin(), "CREATE DATABASE " + name);
        }
    },

    MYSQL {
        @Override
        MySqlProcess another(List<String> more) throws Exception {
            Path home = ServerArchive.MYSQL.unpacked();
            List<String> base =
                    List.of("--basedir=" + home, "--lc-messages-dir=" + home.resolve("share"));
            String program = home.resolve("bin/mysqld").toString();
            Path folder = Files.createTempDirectory("oaiproxy-mysql-");
            List<String> initialize = new ArrayList<>(List.of(program, "--no-defaults"));
            initialize.addAll(base);
            initialize.addAll(
                    List.of(
                            "--initialize-insecure",
                            "--user=" + System.getProperty("user.name"),
                            "--innodb-log-file-size=16M",
                            "--datadir=" + folder));
            Programs.run(initialize);
            List<String> command = new ArrayList<>(List.of(program));
            command.addAll(base);
            command.addAll(List.of("--mysqlx=OFF", "--innodb-log-file-size=16M"));
            if (!durable()) {
                command.add("--skip-log-bin");
            }
            return begin(folder, command, more);
        }

        @Override
        void readOnly(boolean whether) {
            run(admin(), "SET GLOBAL super_read_only = " + whether);
            run(admin(), "SET GLOBAL read_only = " + whether);
        }

        @Override
        void create(String name) {
            run(admin(), "CREATE DATABASE " + name);
        }
    };

    static final String USER = "oaip";
    static final String PASSWORD = "se cret'%";

    private static final String QUOTED = PASSWORD.replace("'", "''");

    private @Nullable TestCertificate certificate;
    private @Nullable String host;
    private @Nullable MySqlProcess process;
    private @Nullable String absence;

    /** Starts it, and gives host and port. */
    String start() throws Exception {
        process = another(List.of());
        return process.host();
    }

    /**
     * Starts one more of the family of MySQL.
     *
     * @param more how it differs from the first
     */
    MySqlProcess another(List<String> more) throws Exception {
        throw new TestAbortedException(this + " is not of the family of MySQL, for " + more);
    }

    /** Makes a database that belongs to the user of the tests. */
    abstract void create(String name);

    /** Makes one that is like another, which nobody uses. */
    void copy(String from, String name) {
        throw new UnsupportedOperationException(this + " copies no databases");
    }

    /** Whether it runs, or could be started. */
    synchronized boolean isThere() {
        if (host == null && absence == null) {
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
                host = start();
            } catch (Exception e) {
                absence = e.toString();
                System.err.println("NOT TESTED on " + this + ": " + absence);
            }
        }
        if (host == null && required()) {
            throw new IllegalStateException(this + " is required, but: " + absence);
        }
        return host != null;
    }

    /** Its host and port. */
    String host() {
        if (!isThere()) {
            throw new IllegalStateException(this + " cannot be had here: " + absence);
        }
        return Objects.requireNonNull(host);
    }

    /** Whether every commit has to reach the disk, which tests of behaviour need not wait for. */
    static boolean durable() {
        return Boolean.parseBoolean(System.getenv("OAIPROXY_TEST_DURABLE"));
    }

    private boolean required() {
        String names = System.getenv("OAIPROXY_TEST_REQUIRE");
        return names != null && Set.of(names.split(",")).contains(name());
    }

    /** What it proves its name with. */
    synchronized TestCertificate certificate() throws Exception {
        if (certificate == null) {
            certificate = TestCertificate.make();
        }
        return certificate;
    }

    /** Stops it in order; it keeps what it has. */
    void halt() throws Exception {
        process().halt();
    }

    /** Starts it again where it was. */
    void resume() throws Exception {
        process().launch(List.of());
    }

    /** Whether it lets nobody write, as one that follows another. */
    void readOnly(boolean whether) {
        throw new TestAbortedException("not ours to be made " + whether);
    }

    /** Sends a signal to all of its processes, and waits until they stand, or stand no more. */
    void signal(String name) throws Exception {
        Programs.signal(name, processes());
    }

    /** The numbers of its processes. */
    List<Long> processes() throws Exception {
        return process().family();
    }

    private MySqlProcess process() {
        if (process == null) {
            throw new TestAbortedException(this + " is not ours to be stopped");
        }
        return process;
    }

    void stop() {
        if (process != null) {
            process.kill();
        }
    }

    /** The URL of its administrator, who needs no password. */
    String admin() {
        return MySqlProcess.admin(host());
    }

    /** Starts a server of the family of MySQL on a folder. */
    MySqlProcess begin(Path folder, List<String> program, List<String> more) throws Exception {
        List<String> command = new ArrayList<>(program);
        command.addAll(more);
        MySqlProcess begun = MySqlProcess.start(folder, command, certificate());
        String url = MySqlProcess.admin(begun.host());
        run(url, "CREATE USER " + USER + " IDENTIFIED BY '" + QUOTED + "'");
        run(url, "GRANT ALL ON *.* TO " + USER);
        return begun;
    }

    /** Runs a statement as the administrator. */
    static void run(String url, String statement) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement one = connection.createStatement()) {
            one.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(statement, e);
        }
    }
}
