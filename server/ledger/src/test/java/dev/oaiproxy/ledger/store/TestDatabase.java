package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.store.connection.Migrations;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.Database.Access;
import dev.oaiproxy.ledger.store.sql.Database.Address;
import dev.oaiproxy.ledger.store.sql.Database.Encryption;
import dev.oaiproxy.ledger.store.sql.Database.Login;
import dev.oaiproxy.ledger.store.sql.MySql;
import dev.oaiproxy.ledger.store.sql.Postgres;
import dev.oaiproxy.ledger.store.sql.SqlServer;
import dev.oaiproxy.ledger.store.sql.Sqlite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The databases that tests run on. Each server is started once, when the first test needs it, and
 * each test has a database of its own on it.
 */
@SuppressWarnings("ImmutableEnumChecker") // Each constant remembers its template.
public enum TestDatabase {
    SQLITE {
        @Override
        public Database fresh(Path folder) {
            return Database.file(folder.resolve("test.db"));
        }

        @Override
        void copy(Database from, Database to) {
            try {
                Path file = to.file().orElseThrow();
                Files.createDirectories(file.getParent());
                Files.copy(from.file().orElseThrow(), file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        String lockForWriting() {
            return "BEGIN EXCLUSIVE";
        }
    },
    POSTGRESQL {
        @Override
        public Database fresh(Path folder) {
            return onServer(Database.Type.POSTGRESQL);
        }
    },
    MARIADB {
        @Override
        public Database fresh(Path folder) {
            return onServer(Database.Type.MYSQL);
        }
    },
    MYSQL {
        @Override
        public Database fresh(Path folder) {
            return onServer(Database.Type.MYSQL);
        }
    },
    /** Runs only where an environment variable names a server. */
    SQLSERVER {
        @Override
        public Database fresh(Path folder) {
            return onServer(Database.Type.MSSQL);
        }

        @Override
        String lockForWriting() {
            return "UPDATE accounts SET active = active WHERE id = 1";
        }

        @Override
        public String no() {
            return "0";
        }
    };

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** A database with all tables in it, which is there to be copied. */
    private @Nullable Database template;

    /**
     * The databases that are available here, or those of them that {@code OAIPROXY_TEST_ONLY}
     * names. Prints to stderr what is left out.
     */
    public static List<TestDatabase> available() {
        return Stream.concat(Stream.of(SQLITE).filter(TestDatabase::isWanted), servers().stream())
                .toList();
    }

    /** The available databases that are servers. */
    public static List<TestDatabase> servers() {
        return Stream.of(POSTGRESQL, MARIADB, MYSQL, SQLSERVER)
                .filter(TestDatabase::isWanted)
                .filter(kind -> TestServer.valueOf(kind.name()).isThere())
                .toList();
    }

    private static boolean isWanted(TestDatabase kind) {
        String only = System.getenv("OAIPROXY_TEST_ONLY");
        return only == null || Set.of(only.split(",")).contains(kind.name());
    }

    /**
     * One available database for each dialect: MariaDB stands for MySQL, unless {@code
     * OAIPROXY_TEST_ALL} is {@code true}.
     */
    public static List<TestDatabase> dialects() {
        List<TestDatabase> all = available();
        boolean two = all.containsAll(List.of(MARIADB, MYSQL));
        return Boolean.parseBoolean(System.getenv("OAIPROXY_TEST_ALL")) || !two
                ? all
                : all.stream().filter(kind -> kind != MYSQL).toList();
    }

    /** Makes an empty database. */
    public abstract Database fresh(Path folder);

    /** Makes one with all tables in it. */
    public Database migrated(Path folder) {
        Database made = fresh(folder);
        new Migrations(made).run();
        return made;
    }

    /** Makes a copy of one with all tables in it, which takes less time than to make them. */
    public Database ready(Path folder) {
        Database copy = this == POSTGRESQL ? named(Database.Type.POSTGRESQL) : fresh(folder);
        copy(template(), copy);
        return copy;
    }

    /** The SQLite database of a server whose home this is, with all tables in it. */
    public static Database inHome(Path home) {
        Database database = Database.file(home.resolve("proxy_api.db"));
        if (!Files.exists(home.resolve("proxy_api.db"))) {
            SQLITE.copy(SQLITE.template(), database);
        }
        return database;
    }

    private synchronized Database template() {
        if (template == null) {
            try {
                template = migrated(Files.createTempDirectory("oaiproxy-template-"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return template;
    }

    /** Copies a database that nobody uses; PostgreSQL makes the copy as well. */
    void copy(Database from, Database to) {
        TestServer.valueOf(name()).copy(from.address().name(), to.address().name());
    }

    /** The statement that takes the lock of all writers. */
    String lockForWriting() {
        return "SELECT id FROM accounts WHERE id = 1 FOR UPDATE";
    }

    /** The literal for false in a column of Flyway's. */
    public String no() {
        return "FALSE";
    }

    /** A connection past all pools, as an operator's. */
    public static Connection connect(Database database) throws SQLException {
        Properties properties = database.properties(Duration.ofMinutes(1));
        if (database.dialect() == SqlServer.DIALECT) {
            properties.setProperty("applicationName", "an operator's");
        }
        return DriverManager.getConnection(database.url(), properties);
    }

    /** Runs a statement on a connection of its own, as an operator could. */
    public static void sql(Database database, String statement) {
        try (Connection connection = connect(database);
                Statement one = connection.createStatement()) {
            one.execute(database.dialect().translate(statement));
        } catch (SQLException e) {
            throw new IllegalStateException(statement, e);
        }
    }

    /** The same database, by another host and access. */
    public static Database like(Database database, String host, Access access) {
        return Database.server(
                type(database), new Address(host, database.address().name()), access);
    }

    public static Database.Type type(Database database) {
        return switch (database.dialect()) {
            case Postgres _ -> Database.Type.POSTGRESQL;
            case MySql _ -> Database.Type.MYSQL;
            case SqlServer _ -> Database.Type.MSSQL;
            case Sqlite _ -> throw new IllegalArgumentException("a file has no server");
        };
    }

    /** The login of the tests. */
    public static Login login() {
        return new Login(TestServer.USER, TestServer.PASSWORD);
    }

    /** The variables of a server of ours that is to use the database. */
    public static Map<String, String> variables(Database database) {
        if (database.file().isPresent()) {
            return Map.of();
        }
        return Map.of(
                "DB_OPTION",
                "Others",
                "DB_TYPE",
                database.dialect().label(),
                "DB_HOST",
                database.address().host(),
                "DB_NAME",
                database.address().name(),
                "DB_USERNAME",
                TestServer.USER,
                "DB_PASSWORD",
                TestServer.PASSWORD);
    }

    Database onServer(Database.Type type) {
        Database named = named(type);
        TestServer.valueOf(name()).create(named.address().name());
        return named;
    }

    private Database named(Database.Type type) {
        String name = "t" + ProcessHandle.current().pid() + "_" + NUMBERS.incrementAndGet();
        Address address = new Address(TestServer.valueOf(name()).host(), name);
        return Database.server(type, address, new Access(login(), new Encryption.None()));
    }
}
