package dev.oaiproxy.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.oaiproxy.server.ledger.Ledger;
import dev.oaiproxy.server.ledger.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The database of one installation, open. */
public final class Store implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Store.class.getName());
    private static final int READERS = 3;
    private static final int NODE = 0;
    private static final long WAIT_MILLIS = 3_000;
    private static final Duration MOST_SKEW = Duration.ofMinutes(1);

    /** Reports have threads of their own, so that a large one cannot keep a key from being read. */
    private static final int REPORTERS = 2;

    private final FileChannel lock;
    private final HikariDataSource writing;
    private final HikariDataSource reading;
    private final Writer writer;
    private final Readers readers;
    private final Readers reporters;
    private final Spool spool;
    private final Rollups rollups;
    private final Accounts accounts;
    private final SqlLedger ledger;
    private final Desk desk;

    /**
     * Where the data lies.
     *
     * @param database the SQLite file, made when it is not there
     * @param spool the file for charges that the database cannot take
     * @param zone in whose calendar days, weeks and months begin
     */
    public record Settings(Path database, Path spool, ZoneId zone) {}

    private Store(Settings settings, InstantSource clock, FileChannel lock) {
        this.lock = lock;
        this.writing = pool(settings.database(), "writer", 1);
        this.reading = pool(settings.database(), "readers", READERS + REPORTERS);
        migrate(writing);
        this.writer = new Writer(this::openForWriting, Faults.SQLITE, WAIT_MILLIS);
        this.readers = new Readers(reading, READERS, WAIT_MILLIS);
        this.reporters = new Readers(reading, REPORTERS, WAIT_MILLIS);
        this.spool = Spool.open(settings.spool());
        this.rollups = new Rollups(settings.zone());
        this.accounts = new Accounts(settings.zone(), newestMillis());
        this.desk = new Desk(writer, readers, accounts, new Trail(writer, readers), clock);
        this.ledger = new SqlLedger(writer, new SqlLedger.Books(accounts, rollups), spool, NODE);
    }

    /**
     * Opens the database, brings its tables and books up to date, and posts what was spooled.
     *
     * @throws StoreException when it cannot be opened; the message says why and what to do
     */
    public static Store open(Settings settings, InstantSource clock) {
        FileChannel lock = lock(settings.database());
        try {
            Store store = new Store(settings, clock, lock);
            store.start(clock.instant());
            return store;
        } catch (RuntimeException e) {
            // Whoever mends the cause must be able to try again in this process.
            release(lock);
            throw e;
        }
    }

    private void start(Instant now) {
        openEveryone(now);
        Recovery recovery = new Recovery(writer, ledger, spool);
        int ended = recovery.afterCrash(NODE, now);
        if (ended > 0) {
            LOG.log(Level.WARNING, "recovered calls={0} left by an earlier process", ended);
        }
        if (newestMillis() > now.plus(MOST_SKEW).toEpochMilli()) {
            LOG.log(Level.ERROR, "alarm=clock_behind_ledger: calls are booked later than now");
        }
        Thread.ofPlatform().daemon().name("spool-poster").start(recovery::run);
    }

    /**
     * Connects to a database once, and leaves nothing behind.
     *
     * @return why a store could not be opened there, or empty when it could
     */
    public static Optional<String> problem(Path database) {
        Path folder = database.toAbsolutePath().getParent();
        if (!Files.isWritable(folder)) {
            return Optional.of("the folder " + folder + " cannot be written to");
        }
        if (!Files.exists(database)) {
            return Optional.empty();
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Tx tx = new Tx(connection)) {
            tx.number("SELECT COUNT(*) FROM sqlite_master");
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(database + " cannot be opened: " + e.getMessage());
        }
    }

    public Ledger ledger() {
        return ledger;
    }

    public Keys keys() {
        return new Keys(desk);
    }

    public Quotas quotas() {
        return new Quotas(desk);
    }

    public Calls calls() {
        return new Calls(desk, rollups);
    }

    public Objects objects() {
        return new Objects(desk);
    }

    public Deferred deferred() {
        return new Deferred(desk);
    }

    public Accruals accruals() {
        return new Accruals(desk, ledger);
    }

    public Bodies bodies() {
        return new Bodies(writer, readers);
    }

    /** Deletes nothing before it is started. */
    public Retention retention(Retention.Terms terms) {
        return new Retention(desk, rollups, terms);
    }

    public UsageReport usage() {
        return new UsageReport(reporters, rollups);
    }

    public Trail trail() {
        return desk.trail();
    }

    public Audit audit() {
        return new Audit(reporters, rollups);
    }

    /** For tests, which do to its connection what disks do. */
    Writer writer() {
        return writer;
    }

    /** Whether the database can be written to now. */
    public boolean isReady() {
        try {
            writer.write(tx -> tx.update("UPDATE accounts SET active = active WHERE id = 1"));
            return !spool.isFull();
        } catch (StoreException e) {
            return false;
        }
    }

    /** Finishes what is being written, then closes. */
    @Override
    public void close() {
        // What the writer no longer takes still goes to the spool.
        writer.close();
        spool.close();
        readers.close();
        reporters.close();
        reading.close();
        writing.close();
        release(lock);
    }

    /**
     * The writer gives its connection up only when that has failed. SQLite may then have ended the
     * transaction by itself, which the driver does not see, so the pool must not lend it again.
     */
    private Tx openForWriting() throws SQLException {
        Connection connection = writing.getConnection();
        return new Tx(connection, () -> writing.evictConnection(connection));
    }

    private void openEveryone(Instant now) {
        writer.write(
                tx -> {
                    if (tx.number("SELECT COUNT(*) FROM accounts") == 0) {
                        accounts.open(tx, Accounts.EVERYONE, "everyone");
                        accounts.change(tx, Accounts.EVERYONE, Limits.NONE, now);
                    }
                    return true;
                });
    }

    private long newestMillis() {
        return readers.read(
                tx ->
                        Math.max(
                                tx.number("SELECT MAX(period_start_ms) FROM accounts"),
                                Math.max(
                                        rollups.startOfDay(rollups.horizon(tx)),
                                        tx.number("SELECT MAX(booked_ms) FROM calls"))));
    }

    private static void release(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "database lock not released cause={0}", e.toString());
        }
    }

    /** Keeps a second server off the same file: it would take this one's open calls for dead. */
    private static FileChannel lock(Path database) {
        Path path = database.resolveSibling(database.getFileName() + ".lock");
        try {
            OwnerOnly.create(database);
            FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isFree(channel)) {
                channel.close();
                throw new StoreException(
                        "another oaiproxy server uses "
                                + database
                                + "; stop it, or give this one another OAIPROXY_HOME",
                        new IllegalStateException("locked"),
                        true);
            }
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write beside the database " + database, e);
        }
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    /**
     * Transactions are deferred: the driver begins the next one inside a commit, and would take the
     * lock of the database there, to keep it while idle; or fail there, after the commit.
     */
    private static HikariDataSource pool(Path database, String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("ledger-" + name);
        config.setJdbcUrl(
                "jdbc:sqlite:"
                        + database
                        + "?journal_mode=WAL&synchronous=FULL&busy_timeout=1000"
                        + "&journal_size_limit=67108864&transaction_mode=DEFERRED");
        config.setAutoCommit(false);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(2_000);
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            throw new StoreException("the database cannot be opened: " + e.getMessage(), e, true);
        }
    }

    private static void migrate(HikariDataSource pool) {
        try {
            Flyway.configure()
                    .dataSource(pool)
                    .locations("classpath:dev/oaiproxy/server/store/migrations")
                    .placeholders(Dialect.SQLITE.placeholders())
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new StoreException(
                    "the tables of the database could not be brought up to date: " + e.getMessage(),
                    e,
                    true);
        }
    }
}
