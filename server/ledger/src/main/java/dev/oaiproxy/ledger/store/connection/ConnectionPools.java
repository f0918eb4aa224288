package dev.oaiproxy.ledger.store.connection;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.oaiproxy.ledger.store.sql.ConnectionSource;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.Dialect;
import dev.oaiproxy.ledger.store.sql.Sqlite;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The connection pools of a store. No thread ever waits for a connection: the writer has its own,
 * and there are as many for reading as there are reader threads.
 */
public final class ConnectionPools implements AutoCloseable {
    /**
     * The number of threads for reports, which are apart so that a large report cannot delay the
     * lookup of a key.
     */
    public static final int REPORTERS = 2;

    /** The longest silence of a server during a statement that a caller waits for. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    /** The longest silence of a server during a report, or an audit. */
    public static final Duration LONG_SILENCE = Duration.ofMinutes(10);

    private final Database database;
    private final DatabaseHealth watch;
    private final HikariDataSource writing;
    private final HikariDataSource reading;
    private final HikariDataSource reporting;

    public ConnectionPools(Database database, DatabaseHealth watch) {
        this.database = database;
        this.watch = watch;
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

    public ConnectionSource forWriting() {
        return new Sole(writing, database, watch);
    }

    public ConnectionSource forReading() {
        return new Lender(reading, database.dialect(), watch);
    }

    /** Connections whose transactions see all tables as of one moment. */
    public ConnectionSource forReports() {
        return new Lender(reporting, database.dialect(), watch);
    }

    /**
     * The connection of the writer, which closes it only after a failure. SQLite may then have
     * ended the transaction by itself, unseen by the driver, so the pool must not lend it again.
     */
    private record Sole(HikariDataSource pool, Database database, DatabaseHealth watch)
            implements ConnectionSource {
        @Override
        public Tx open() throws SQLException {
            watch.requireWhole();
            Connection connection = pool.getConnection();
            return new Tx(connection, database.dialect(), () -> pool.evictConnection(connection));
        }

        @Override
        public void unblock() {
            database.dialect().unblock(database);
        }
    }

    /** Lends the connections of a pool, which tests only those that were idle for a while. */
    private record Lender(HikariDataSource pool, Dialect dialect, DatabaseHealth watch)
            implements ConnectionSource {
        @Override
        public Tx open() throws SQLException {
            watch.requireWhole();
            return new Tx(pool.getConnection(), dialect, () -> {});
        }

        @Override
        public void doubt(SQLException failure) {
            watch.unread(failure);
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    @Override
    public void close() {
        reporting.close();
        reading.close();
        writing.close();
    }

    /**
     * Properties that do not make a missing file: if the file is gone, a new one would be empty.
     */
    private Properties properties(Duration silence) {
        Properties properties = database.properties(silence);
        return database.isShared() ? properties : Sqlite.withoutMaking(properties);
    }

    /** The pool starts without the database, and waits for it when it is used. */
    private HikariConfig config(
            String name, int size, Duration silence, @Nullable String isolation) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("ledger-" + name);
        config.setDataSource(new NewConnections(database, properties(silence), watch));
        config.setAutoCommit(false);
        config.setTransactionIsolation(isolation);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        if (!database.isShared()) {
            // A connection to a file does not age, and a new one could find another file there.
            config.setMaxLifetime(0);
            config.setIdleTimeout(0);
        }
        config.setConnectionTimeout(Database.CONNECT.toMillis());
        config.setInitializationFailTimeout(-1);
        return config;
    }
}
