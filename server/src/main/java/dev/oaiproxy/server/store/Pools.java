package dev.oaiproxy.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a store. No thread ever waits for one behind others: the writer has its own,
 * and there are as many for reading as there are threads that read, whose queue is a fair one.
 */
final class Pools implements Writer.Source, AutoCloseable {
    /** Reports have threads of their own, so that a large one cannot keep a key from being read. */
    static final int REPORTERS = 2;

    /** How long a server may think about a statement that somebody waits for. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    /** The same for a report, or the audit of everything. */
    static final Duration LONG_SILENCE = Duration.ofMinutes(10);

    private final Database database;
    private final HikariDataSource writing;
    private final HikariDataSource reading;
    private final HikariDataSource reporting;

    Pools(Database database) {
        this.database = database;
        Dialect dialect = database.dialect();
        HikariConfig writer = config("writer", 1, SILENCE, dialect.isolation());
        writer.setConnectionInitSql(dialect.forWriting());
        this.writing = new HikariDataSource(writer);
        this.reading =
                new HikariDataSource(
                        config("readers", dialect.readers(), SILENCE, dialect.isolation()));
        this.reporting =
                new HikariDataSource(
                        config("reports", REPORTERS, LONG_SILENCE, dialect.steadyIsolation()));
    }

    /**
     * A connection for the writer, which gives it up only when it has failed. SQLite may then have
     * ended the transaction by itself, which the driver does not see, so the pool must not lend it
     * again.
     */
    @Override
    public Tx open() throws SQLException {
        Connection connection = writing.getConnection();
        return new Tx(connection, database.dialect(), () -> writing.evictConnection(connection));
    }

    @Override
    public void unblock() {
        database.dialect().unblock(database);
    }

    Tx forReading() throws SQLException {
        return new Tx(reading.getConnection(), database.dialect(), () -> {});
    }

    /** One whose transactions see all tables as of one moment. */
    Tx forReports() throws SQLException {
        return new Tx(reporting.getConnection(), database.dialect(), () -> {});
    }

    @Override
    public void close() {
        reporting.close();
        reading.close();
        writing.close();
    }

    /** A database that is away is no reason not to start one: it is waited for when it is used. */
    private HikariConfig config(
            String name, int size, Duration silence, @Nullable String isolation) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("ledger-" + name);
        config.setJdbcUrl(database.url());
        config.setDataSourceProperties(database.properties(silence));
        config.setAutoCommit(false);
        config.setTransactionIsolation(isolation);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Database.CONNECT.toMillis());
        config.setInitializationFailTimeout(-1);
        return config;
    }
}
