package dev.oaiproxy.server.store;

import dev.oaiproxy.server.ledger.Ledger;
import dev.oaiproxy.server.ledger.Limits;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Optional;

/** The database of one installation, open. */
public final class Store implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Store.class.getName());
    private static final int NODE = 0;
    private static final long WAIT_MILLIS = 3_000;
    private static final Duration MOST_SKEW = Duration.ofMinutes(1);

    private final Seat seat;
    private final Pools pools;
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
     * @param database the database, whose tables are made when they are not there
     * @param spool the file for charges that the database cannot take
     * @param zone in whose calendar days, weeks and months begin
     */
    public record Settings(Database database, Path spool, ZoneId zone) {
        /** With the database in a file. */
        public Settings(Path database, Path spool, ZoneId zone) {
            this(Database.file(database), spool, zone);
        }
    }

    private Store(Settings settings, InstantSource clock, Seat seat) {
        Dialect dialect = settings.database().dialect();
        this.seat = seat;
        this.pools = new Pools(settings.database());
        this.writer = new Writer(pools::forWriting, dialect, WAIT_MILLIS);
        this.readers = new Readers(pools::forReading, dialect, dialect.readers(), WAIT_MILLIS);
        this.reporters = new Readers(pools::forReports, dialect, Pools.REPORTERS, WAIT_MILLIS);
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
        Seat seat = Seat.take(settings.database());
        try {
            connect(settings.database());
            new Migrations(settings.database()).run();
            return open(settings, clock, seat);
        } catch (RuntimeException e) {
            // Whoever mends the cause must be able to try again in this process.
            seat.close();
            throw e;
        }
    }

    private static Store open(Settings settings, InstantSource clock, Seat seat) {
        Store store = new Store(settings, clock, seat);
        try {
            store.start(clock.instant());
            return store;
        } catch (RuntimeException e) {
            store.close();
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
    public static Optional<String> problem(Database database) {
        Optional<String> folder = database.file().flatMap(Store::folderProblem);
        if (folder.isPresent() || !database.file().map(Files::exists).orElse(true)) {
            return folder;
        }
        try {
            connect(database);
            return new Migrations(database).doubt();
        } catch (StoreException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<String> folderProblem(Path database) {
        Path folder = database.toAbsolutePath().getParent();
        return Files.isWritable(folder)
                ? Optional.empty()
                : Optional.of("the folder " + folder + " cannot be written to");
    }

    /** Sees whether one can connect at all, and says it in plain words when not. */
    static void connect(Database database) {
        try (Tx tx = Tx.alone(database, Database.CONNECT.multipliedBy(2))) {
            String objection = database.dialect().objection(tx);
            if (objection != null) {
                String name = database.address().name();
                throw new StoreException(
                        new Obstacle.Unfit(name, objection).text(),
                        new IllegalStateException(),
                        true);
            }
        } catch (SQLException e) {
            throw new StoreException(Obstacle.of(e, database).text(), e, true);
        }
    }

    /** How many charges wait in a spool, which a server may be writing to. */
    public static long spooled(Path spool) {
        return Spool.waitingIn(spool);
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
        pools.close();
        seat.close();
    }

    /** Nodes that start at once do the same; only one succeeds. */
    private void openEveryone(Instant now) {
        if (readers.read(Store::isUnfinished)) {
            throw new StoreException(
                    "the database is a copy that was not finished; repeat oaiproxy db copy",
                    new IllegalStateException(),
                    true);
        }
        try {
            writer.write(
                    tx -> {
                        if (tx.number("SELECT COUNT(*) FROM accounts") == 0) {
                            accounts.open(tx, Accounts.EVERYONE, "everyone");
                            accounts.change(tx, Accounts.EVERYONE, Limits.NONE, now);
                        }
                        return true;
                    });
        } catch (StoreException e) {
            if (!e.isRefused()) {
                throw e;
            }
        }
    }

    /** Whether there is an installation without its accounts, which {@link Copy} brings last. */
    private static boolean isUnfinished(Tx tx) throws SQLException {
        return tx.number("SELECT COUNT(*) FROM accounts") == 0
                && tx.number("SELECT COUNT(*) FROM users") > 0;
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
}
