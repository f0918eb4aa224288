package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.store.connection.Migrations;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.Database.Access;
import dev.oaiproxy.ledger.store.sql.Database.Address;
import dev.oaiproxy.ledger.store.sql.Database.Encryption;
import java.io.IOException;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Database servers of this process, on loopback, each in a folder that goes with it. All tests
 * share them at the same time; one that wants to harm a server takes an {@link OwnServer}.
 */
@SuppressWarnings("ImmutableEnumChecker")
public // Each is one process, which comes and goes.
enum TestServer {
    POSTGRESQL {
        private @Nullable PostgresProcess running;

        @Override
        String start() throws Exception {
            PostgresProcess begun = PostgresProcess.start(durable(), DatabaseCertificate.shared());
            running = begun;
            run(begun.admin(), "CREATE ROLE " + USER + " LOGIN PASSWORD '" + QUOTED + "'");
            begun.askForPasswords();
            return begun.host();
        }

        @Override
        ServerProcess another(ServerDisk serverDisk, List<String> more) throws Exception {
            ServerProcess begun = PostgresProcess.another(running().programs(), serverDisk, more);
            run(begun.admin(), "CREATE ROLE " + USER + " LOGIN PASSWORD '" + QUOTED + "'");
            return begun;
        }

        private PostgresProcess running() {
            return Objects.requireNonNull(running);
        }

        @Override
        String creation(String name) {
            return "CREATE DATABASE %s OWNER %s STRATEGY file_copy".formatted(name, USER);
        }

        @Override
        void copy(String from, String name) {
            run(
                    admin(),
                    "CREATE DATABASE %s OWNER %s TEMPLATE %s STRATEGY file_copy"
                            .formatted(name, USER, from));
        }

        @Override
        void readOnly(String admin, boolean whether) {
            PostgresProcess.readOnly(admin, whether);
        }

        @Override
        String admin() {
            return running().admin();
        }

        @Override
        void stop() {
            if (running != null) {
                running.kill();
            }
        }
    },

    MARIADB {
        @Override
        ServerProcess another(ServerDisk serverDisk, List<String> more) throws Exception {
            ServerArchive archive = ServerArchive.MARIADB;
            if (!archive.isThere()) {
                String program = SystemPrograms.find("mariadbd");
                make(serverDisk, program, SystemPrograms.find("mariadb-install-db"));
                return begin(serverDisk, List.of(program), more);
            }
            String home = archive.unpacked().toString();
            String program = home + "/bin/mariadbd";
            String base = "--basedir=" + home;
            make(serverDisk, program, home + "/scripts/mariadb-install-db", base);
            return begin(serverDisk, List.of(program, base), more);
        }

        // A superuser may write to a read-only server.
        @Override
        void readOnly(String admin, boolean whether) {
            if (whether) {
                run(admin, "REVOKE READ ONLY ADMIN ON *.* FROM " + USER);
            }
            run(admin, "SET GLOBAL read_only = " + whether);
        }

        private static void make(
                ServerDisk serverDisk, String program, String install, String... where)
                throws Exception {
            List<String> command = new ArrayList<>(List.of(install, "--no-defaults"));
            command.addAll(List.of(where));
            command.addAll(List.of("--auth-root-authentication-method=normal", "--skip-test-db"));
            ServerFiles.make(serverDisk, Path.of(program), command);
        }
    },

    MYSQL {
        @Override
        ServerProcess another(ServerDisk serverDisk, List<String> more) throws Exception {
            Path home = ServerArchive.MYSQL.unpacked();
            List<String> base =
                    List.of("--basedir=" + home, "--lc-messages-dir=" + home.resolve("share"));
            String program = home.resolve("bin/mysqld").toString();
            List<String> initialize = new ArrayList<>(List.of(program, "--no-defaults"));
            initialize.addAll(base);
            initialize.addAll(List.of("--initialize-insecure", "--innodb-log-file-size=16M"));
            ServerFiles.make(serverDisk, Path.of(program), initialize);
            List<String> command = new ArrayList<>(List.of(program));
            command.addAll(base);
            command.addAll(List.of("--mysqlx=OFF", "--innodb-log-file-size=16M"));
            if (!durable()) {
                command.add("--skip-log-bin");
            }
            return begin(serverDisk, command, more);
        }

        @Override
        void readOnly(String admin, boolean whether) {
            run(admin, "SET GLOBAL super_read_only = " + whether);
            run(admin, "SET GLOBAL read_only = " + whether);
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
        String creation(String name) {
            return "CREATE DATABASE " + name + " COLLATE Latin1_General_100_BIN2_UTF8";
        }

        @Override
        void create(String name) {
            super.create(name);
            flavour.terms(name).forEach(term -> run(admin(), term));
            run(admin(), "ALTER AUTHORIZATION ON DATABASE::" + name + " TO " + USER);
            synchronized (made) {
                made.add(name);
                if (made.size() > KEPT) {
                    drop(made.removeFirst());
                }
            }
        }

        // SQL Server cannot copy a table with its indexes, so the migrations run again.
        @Override
        void copy(String from, String to) {
            Address address = new Address(host(), to);
            Access access = new Access(TestDatabase.login(), new Encryption.None());
            new Migrations(Database.server(Database.Type.MSSQL, address, access)).run();
        }

        @Override
        ServerProcess another(ServerDisk serverDisk, List<String> more) {
            throw new TestAbortedException(this + " is not ours to be started");
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

    public static final String USER = "oaip";
    public static final String PASSWORD = "se cret'%";

    private static final String[] TABLES = {"TABLE"};

    private static final String QUOTED = PASSWORD.replace("'", "''");

    private @Nullable String host;
    private @Nullable ServerProcess process;
    private @Nullable String absence;

    /** Starts it, and gives host and port. */
    String start() throws Exception {
        process = another(ServerDisk.ordinary(), List.of());
        return process.host();
    }

    /**
     * Starts one more.
     *
     * @param more how it differs from the first
     */
    abstract ServerProcess another(ServerDisk serverDisk, List<String> more) throws Exception;

    /** Makes a database that belongs to the user of the tests. */
    void create(String name) {
        run(admin(), creation(name));
    }

    /** The statement that makes a database for that user. */
    String creation(String name) {
        return "CREATE DATABASE " + name;
    }

    /** Copies the tables of a database that nobody uses. */
    void copy(String from, String to) {
        try (Connection connection = DriverManager.getConnection(admin());
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet found =
                    connection.getMetaData().getTables(from, null, null, TABLES.clone())) {
                while (found.next()) {
                    tables.add(found.getString("TABLE_NAME"));
                }
            }
            for (String table : tables) {
                statement.execute("CREATE TABLE %s.%s LIKE %s.%2$s".formatted(to, table, from));
                statement.execute(
                        "INSERT INTO %s.%s SELECT * FROM %s.%2$s".formatted(to, table, from));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(to, e);
        }
    }

    /** True when it runs, or could be started. */
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
    public String host() {
        if (!isThere()) {
            throw new IllegalStateException(this + " cannot be had here: " + absence);
        }
        return Objects.requireNonNull(host);
    }

    /** True when every commit has to reach the disk; tests of behaviour need not wait for that. */
    static boolean durable() {
        return Boolean.parseBoolean(System.getenv("OAIPROXY_TEST_DURABLE"));
    }

    private boolean required() {
        String names = System.getenv("OAIPROXY_TEST_REQUIRE");
        return names != null && Set.of(names.split(",")).contains(name());
    }

    /**
     * Sets whether one like it lets nobody write, as one that follows another.
     *
     * @param admin the URL of its administrator
     */
    void readOnly(String admin, boolean whether) {
        throw new UnsupportedOperationException(admin + " is not ours to be made " + whether);
    }

    private ServerProcess process() {
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
        return process().admin();
    }

    /** Starts a server of the family of MySQL on a folder. */
    ServerProcess begin(ServerDisk serverDisk, List<String> program, List<String> more)
            throws Exception {
        List<String> command = new ArrayList<>(program);
        command.addAll(more);
        ServerProcess begun =
                ServerProcess.mysql(serverDisk, command, DatabaseCertificate.shared());
        run(begun.admin(), "CREATE USER " + USER + " IDENTIFIED BY '" + QUOTED + "'");
        run(begun.admin(), "GRANT ALL ON *.* TO " + USER);
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
