package dev.oaiproxy.server.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
            try (Connection connection = DriverManager.getConnection(url);
                    Statement one = connection.createStatement();
                    ResultSet row = one.executeQuery("SHOW " + setting)) {
                row.next();
                return Path.of(row.getString(1));
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
            String admin = "jdbc:postgresql://" + host() + "/postgres?user=postgres";
            run(admin, "CREATE DATABASE " + name + " OWNER " + USER + " STRATEGY file_copy");
        }

        @Override
        void stop() {
            try {
                if (running != null && postmaster != null) {
                    // At once: what is in it is thrown away, and would be written out first.
                    String pid = Files.readAllLines(postmaster).getFirst();
                    finish(List.of("kill", "-QUIT", pid));
                    running.close();
                }
            } catch (Exception e) {
                System.err.println("PostgreSQL was not stopped: " + e);
            }
        }
    },

    MARIADB {
        @Override
        String start() throws Exception {
            String install = program("mariadb-install-db");
            String server = program("mariadbd");
            Path folder = Files.createTempDirectory("oaiproxy-mariadb-");
            finish(
                    List.of(
                            install,
                            "--no-defaults",
                            "--user=" + System.getProperty("user.name"),
                            "--datadir=" + folder,
                            "--auth-root-authentication-method=normal",
                            "--skip-test-db"));
            return begin(folder, List.of(server), List.of());
        }

        @Override
        void create(String name) {
            run(admin(), "CREATE DATABASE " + name);
        }
    },

    MYSQL {
        @Override
        String start() throws Exception {
            String home = System.getenv("OAIPROXY_TEST_MYSQL_HOME");
            if (home == null) {
                throw new IOException("OAIPROXY_TEST_MYSQL_HOME names no MySQL");
            }
            Path folder = Files.createTempDirectory("oaiproxy-mysql-");
            List<String> program =
                    List.of(home + "/bin/mysqld", "--no-defaults", "--basedir=" + home);
            List<String> more =
                    List.of("--lc-messages-dir=" + home + "/share", "--datadir=" + folder);
            List<String> initialize = new ArrayList<>(program);
            initialize.addAll(more);
            initialize.addAll(
                    List.of("--initialize-insecure", "--user=" + System.getProperty("user.name")));
            finish(initialize);
            List<String> rest =
                    new ArrayList<>(List.of("--basedir=" + home, more.getFirst(), "--mysqlx=OFF"));
            if (!durable()) {
                rest.add("--skip-log-bin");
            }
            return begin(folder, List.of(home + "/bin/mysqld"), rest);
        }

        @Override
        void create(String name) {
            run(admin(), "CREATE DATABASE " + name);
        }
    },

    /** Runs already, wherever that is; what tests made on it is dropped behind them. */
    SQLSERVER {
        // More than one test makes.
        private static final int KEPT = 8;

        private final List<String> made = new ArrayList<>();
        private SqlServerFlavour flavour = SqlServerFlavour.MICROSOFT;

        @Override
        String start() throws Exception {
            String url = admin();
            Matcher host = Pattern.compile("jdbc:sqlserver://([^;]+)(;.*)?").matcher(url);
            if (!host.matches()) {
                throw new IOException("OAIPROXY_TEST_MSSQL_URL names no SQL Server");
            }
            flavour = SqlServerFlavour.of(url);
            run(url, flavour.login(USER, QUOTED));
            flavour.rights(USER).forEach(right -> run(url, right));
            return host.group(1);
        }

        @Override
        void create(String name) {
            run(admin(), "CREATE DATABASE " + name + " COLLATE Latin1_General_100_BIN2_UTF8");
            flavour.terms(name).forEach(term -> run(admin(), term));
            run(admin(), "ALTER AUTHORIZATION ON DATABASE::" + name + " TO " + USER);
            synchronized (made) {
                made.add(name);
                if (made.size() > KEPT) {
                    drop(made.removeFirst());
                }
            }
        }

        @Override
        String admin() {
            return Objects.requireNonNullElse(System.getenv("OAIPROXY_TEST_MSSQL_URL"), "");
        }

        @Override
        void stop() {
            synchronized (made) {
                made.forEach(this::drop);
            }
        }

        private void drop(String name) {
            try {
                flavour.alone(name).forEach(one -> run(admin(), one));
                run(admin(), "DROP DATABASE " + name);
            } catch (IllegalStateException e) {
                System.err.println(name + " was not dropped: " + e.getCause());
            }
        }
    };

    static final String USER = "oaip";
    static final String PASSWORD = "se cret'%";

    private static final String QUOTED = PASSWORD.replace("'", "''");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private @Nullable TestCertificate certificate;
    private @Nullable String host;
    private @Nullable Process process;
    private @Nullable String absence;

    /** Starts it, and gives host and port. */
    abstract String start() throws Exception;

    /** Makes a database that belongs to the user of the tests. */
    abstract void create(String name);

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

    /** The process, to be frozen. */
    Process process() {
        return Objects.requireNonNull(process);
    }

    void stop() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** The URL of its administrator, who needs no password. */
    String admin() {
        return "jdbc:mysql://" + host() + "/?user=root&sslMode=DISABLED";
    }

    /** Starts a server of the family of MySQL on a folder. */
    String begin(Path folder, List<String> program, List<String> more) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(program);
        command.add("--no-defaults");
        command.addAll(more);
        command.addAll(
                List.of(
                        "--user=" + System.getProperty("user.name"),
                        "--datadir=" + folder,
                        "--bind-address=127.0.0.1",
                        "--port=" + port,
                        "--socket=" + folder.resolve("s"),
                        "--max-connections=300",
                        "--ssl-cert=" + certificate().certificate(),
                        "--ssl-key=" + certificate().key(),
                        "--innodb-flush-log-at-trx-commit=" + (durable() ? 1 : 0)));
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        String url = "jdbc:mysql://127.0.0.1:" + port + "/?user=root&sslMode=DISABLED";
        awaitServer(url);
        run(url, "CREATE USER " + USER + " IDENTIFIED BY '" + QUOTED + "'");
        run(url, "GRANT ALL ON *.* TO " + USER);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
        return "127.0.0.1:" + port;
    }

    private void awaitServer(String url) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                DriverManager.getConnection(url).close();
                return;
            } catch (SQLException e) {
                if (System.nanoTime() > deadline || !process().isAlive()) {
                    throw e;
                }
                process().waitFor(20, TimeUnit.MILLISECONDS);
            }
        }
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

    static String program(String name) throws IOException {
        return Stream.of("/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElseThrow(() -> new IOException("no program " + name));
    }

    private static void finish(List<String> command) throws Exception {
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

    private void remove(Path folder) {
        try {
            process().destroyForcibly().waitFor();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException | InterruptedException e) {
            System.err.println(folder + " was not removed: " + e);
        }
    }
}
