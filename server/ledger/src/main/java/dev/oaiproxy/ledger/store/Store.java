package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.schedule.PeriodicTask;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.ledger.ledger.Ledger;
import dev.oaiproxy.ledger.store.connection.ConnectionCheck;
import dev.oaiproxy.ledger.store.connection.ConnectionPools;
import dev.oaiproxy.ledger.store.connection.DatabaseClock;
import dev.oaiproxy.ledger.store.connection.DatabaseFile;
import dev.oaiproxy.ledger.store.connection.DatabaseHealth;
import dev.oaiproxy.ledger.store.connection.DatabaseSilence;
import dev.oaiproxy.ledger.store.connection.InstanceLock;
import dev.oaiproxy.ledger.store.connection.Migrations;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.node.HeartbeatSettings;
import dev.oaiproxy.ledger.store.node.Membership;
import dev.oaiproxy.ledger.store.node.Node;
import dev.oaiproxy.ledger.store.node.Nodes;
import dev.oaiproxy.ledger.store.node.Recovery;
import dev.oaiproxy.ledger.store.report.Audit;
import dev.oaiproxy.ledger.store.report.Calls;
import dev.oaiproxy.ledger.store.report.UsageReport;
import dev.oaiproxy.ledger.store.sql.ConnectionProblem;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.Dialect;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.table.AdminEvents;
import dev.oaiproxy.ledger.store.table.Groups;
import dev.oaiproxy.ledger.store.table.Keys;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.ledger.store.table.Quotas;
import dev.oaiproxy.ledger.store.table.RecordedBodies;
import dev.oaiproxy.ledger.store.table.RecurringCharges;
import dev.oaiproxy.ledger.store.table.Retention;
import dev.oaiproxy.ledger.store.write.AccountWriter;
import dev.oaiproxy.ledger.store.write.Accounts;
import dev.oaiproxy.ledger.store.write.Rollups;
import dev.oaiproxy.ledger.store.write.Spool;
import dev.oaiproxy.ledger.store.write.SqlLedger;
import dev.oaiproxy.ledger.store.write.WriteProbe;
import dev.oaiproxy.ledger.store.write.Writer;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The open database of one installation. */
public final class Store implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Store.class.getName());
    private static final long WAIT_MILLIS = 3_000;

    /** The time limit for a write probe; a database that takes longer is too slow for calls. */
    private static final Duration READY_PATIENCE = Duration.ofSeconds(1);

    private static final Duration MOST_SKEW = Duration.ofMinutes(1);

    private final List<InstanceLock> locks;
    private final DatabaseClock clock;
    private final DatabaseHealth watch;
    private final ConnectionPools connectionPools;
    private final Writer writer;
    private final ReaderThreads readerThreads;
    private final ReaderThreads reporters;
    private final Spool spool;
    private final Rollups rollups;
    private final AccountWriter accountWriter;
    private final Membership membership;
    private final SqlLedger ledger;
    private final RecordedBodies recordedBodies;
    private final Recovery recovery;
    private volatile @Nullable PeriodicTask heartbeat;

    private Store(
            StoreSettings settings,
            List<InstanceLock> locks,
            InstantSource time,
            HeartbeatSettings heartbeatSettings) {
        Dialect dialect = settings.database().dialect();
        this.locks = locks;
        this.clock = new DatabaseClock(time, dialect);
        this.watch = new DatabaseHealth(settings.database());
        this.connectionPools = new ConnectionPools(settings.database(), watch);
        this.writer =
                new Writer(
                        connectionPools.forWriting(),
                        dialect,
                        new DatabaseSilence(WAIT_MILLIS),
                        watch,
                        settings.metrics());
        this.readerThreads =
                new ReaderThreads(
                        connectionPools.forReading(),
                        dialect,
                        dialect.readers(),
                        new DatabaseSilence(WAIT_MILLIS));
        this.reporters =
                new ReaderThreads(
                        connectionPools.forReports(),
                        dialect,
                        ConnectionPools.REPORTERS,
                        new DatabaseSilence(WAIT_MILLIS));
        this.spool = Spool.open(settings.spool());
        this.rollups = new Rollups(settings.zone());
        Accounts accounts = new Accounts(settings.zone(), newestMillis());
        this.accountWriter = new AccountWriter(accounts, clock);
        this.membership =
                new Membership(
                        writer,
                        clock,
                        heartbeatSettings,
                        settings.database(),
                        settings.spool().resolveSibling(settings.spool().getFileName() + ".node"),
                        settings.zone(),
                        settings.nodeDescription());
        this.ledger =
                new SqlLedger(
                        writer,
                        readerThreads,
                        accounts,
                        rollups,
                        spool,
                        membership::place,
                        this::hurry);
        this.recovery = new Recovery(writer, ledger, spool, clock);
        this.recordedBodies = new RecordedBodies(writer, readerThreads);
    }

    /** Brings the next heartbeat forward, because this node may have been declared dead. */
    private void hurry() {
        PeriodicTask started = heartbeat;
        if (started != null) {
            started.runNow();
        }
    }

    /**
     * Opens the database, brings its tables and books up to date, and posts the spool. The time is
     * the clock's alone.
     *
     * @throws StoreException when it cannot be opened; the message says why and what to do
     */
    public static Store open(StoreSettings settings, InstantSource clock) {
        return open(settings, clock, HeartbeatSettings.of(HeartbeatSettings.DEATH).withOwnTime());
    }

    /**
     * Opens a database that nodes share, and follows its clock.
     *
     * @param nodeTimeout the time without a heartbeat after which another node is declared dead
     */
    public static Store open(StoreSettings settings, InstantSource clock, Duration nodeTimeout) {
        return open(settings, clock, HeartbeatSettings.of(nodeTimeout));
    }

    public static Store open(
            StoreSettings settings, InstantSource clock, HeartbeatSettings heartbeatSettings) {
        List<InstanceLock> locks = new ArrayList<>();
        try {
            settings.database().file().ifPresent(DatabaseFile::require);
            settings.database().file().map(InstanceLock::beside).ifPresent(locks::add);
            locks.add(InstanceLock.beside(settings.spool()));
            ConnectionCheck.require(settings.database());
            new Migrations(settings.database()).run();
            // No client waits.
            return Deadline.within(
                    ConnectionPools.LONG_SILENCE,
                    () -> new Store(settings, locks, clock, heartbeatSettings).started());
        } catch (RuntimeException e) {
            // The caller must be able to try again in this process.
            locks.forEach(InstanceLock::close);
            throw ConnectionProblem.inWords(e, settings.database());
        }
    }

    private Store started() {
        try {
            openEveryone();
            recovery.postSpool();
            membership.markDeadNodes();
            recovery.sweep();
            membership.join();
            if (newestMillis() > clock.instant().plus(MOST_SKEW).toEpochMilli()) {
                Alarms.raise(LOG, "clock_behind_ledger", "calls are booked later than now");
            }
            Thread.ofPlatform().daemon().name("spool-poster").start(recovery::run);
            watch.start(this::isReady);
            if (membership.isAlone()) {
                locks.getFirst().remember();
            } else {
                heartbeat =
                        PeriodicTask.start("node-heartbeat", membership.beatInterval(), this::beat);
            }
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Connects to a database once, without changing it.
     *
     * @return the reason why a store cannot be opened there, or empty
     */
    public static Optional<String> problem(Database database) {
        Optional<String> obstacle = database.file().flatMap(DatabaseFile::obstacle);
        if (obstacle.isPresent() || !database.file().map(Files::exists).orElse(true)) {
            return obstacle;
        }
        try {
            ConnectionCheck.require(database);
            return new Migrations(database).doubt();
        } catch (StoreException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The number of charges in a spool, which a server may be writing to. */
    public static long spooled(Path spool) {
        return Spool.waitingIn(spool);
    }

    /** Detects a server that uses a spool now. */
    public static boolean isServed(Path spool) {
        return InstanceLock.isTaken(spool);
    }

    public Ledger ledger() {
        return ledger;
    }

    /** The clock that all nodes of the database share. */
    public InstantSource clock() {
        return clock;
    }

    /** Makes the ids of calls, unique over all nodes. */
    public CallIds ids() {
        return membership.ids();
    }

    /** The nodes of the database, including dead ones whose calls have not ended. */
    public List<Node> nodes() {
        return readerThreads.read(Nodes::all).stream().map(membership::seen).toList();
    }

    /** The number of this node. */
    public int node() {
        return membership.place().number();
    }

    public Keys keys() {
        return new Keys(writer, readerThreads, accountWriter);
    }

    public Quotas quotas() {
        return new Quotas(writer, readerThreads, accountWriter);
    }

    public Groups groups() {
        return new Groups(writer, readerThreads, accountWriter);
    }

    public Calls calls() {
        return new Calls(writer, readerThreads, rollups, membership::place);
    }

    public OwnedObjects objects() {
        return new OwnedObjects(writer, readerThreads, clock);
    }

    public PendingSettlements deferred() {
        return new PendingSettlements(writer, readerThreads, clock);
    }

    public RecurringCharges accruals() {
        return new RecurringCharges(writer, readerThreads, clock, ledger);
    }

    public RecordedBodies bodies() {
        return recordedBodies;
    }

    /**
     * Deletes old rows, once it is started.
     *
     * @param bodies the age at which requests and responses are deleted; zero for never
     * @param calls the age at which calls are deleted; zero for never
     */
    public Retention retention(Duration bodies, Duration calls) {
        return new Retention(writer, rollups, clock, bodies, calls);
    }

    public UsageReport usage() {
        return new UsageReport(reporters, rollups);
    }

    public AdminEvents trail() {
        return new AdminEvents(writer, readerThreads);
    }

    public Audit audit() {
        return new Audit(reporters, rollups);
    }

    /** The number of writes that wait for the next commit. */
    public int queued() {
        return writer.waiting();
    }

    /** The number of outcomes that wait in the spool. */
    public int spooled() {
        return spool.count();
    }

    /** The writer, for tests that break its connection. */
    public Writer writer() {
        return writer;
    }

    /** Sends a heartbeat of this node, and ends the calls of dead ones. */
    public void beat() {
        membership.beat();
        recovery.sweep();
    }

    /** True when the database takes calls from this process now. */
    public boolean isReady() {
        try {
            return ledger.isTaking()
                    && Deadline.within(READY_PATIENCE, () -> writer.write(WriteProbe::run))
                    && watch.trouble().isEmpty()
                    && membership.isAlive()
                    && !spool.isFull();
        } catch (StoreException e) {
            if (e.getCause() instanceof SQLException why) {
                watch.failed(why);
            }
            return false;
        }
    }

    /** The present trouble with the database and what to do, or empty. */
    public Optional<String> trouble() {
        return watch.trouble();
    }

    /** Finishes the waiting writes, then closes. */
    @Override
    public void close() {
        watch.close();
        PeriodicTask.stop(heartbeat);
        // With charges in the spool it does not leave: the next process on its folder posts them.
        if (membership.isAlive() && spool.waiting().isEmpty()) {
            membership.leave();
        }
        recordedBodies.close();
        // Outcomes that the writer no longer takes still go to the spool.
        writer.close();
        spool.close();
        readerThreads.close();
        reporters.close();
        connectionPools.close();
        locks.forEach(InstanceLock::close);
    }

    private long newestMillis() {
        return readerThreads.read(tx -> Accounts.newestMillis(tx, rollups));
    }

    /** Opens the account of everyone; of several nodes that start at once, only one succeeds. */
    private void openEveryone() {
        if (readerThreads.read(Migrations::isUnfinished)) {
            throw StoreException.undone(
                    "the database is a copy that was not finished; repeat oaiproxy db copy");
        }
        try {
            writer.write(
                    tx -> {
                        if (tx.number("SELECT COUNT(*) FROM accounts") == 0) {
                            accountWriter.openEveryone(tx);
                        }
                        return true;
                    });
        } catch (StoreException e) {
            if (!e.isRefused()) {
                throw e;
            }
        }
    }
}
