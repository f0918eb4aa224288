package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.TestClock;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.write.Spool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A store on a real database, the clock that it sees, and the ways in which its process can end; or
 * several that share one.
 */
public final class LedgerFixture implements AutoCloseable {
    private final TestDatabase kind;
    private final Path root;
    private final ZoneId zone;
    private final TestClock clock;
    private int crashes;
    private Database database;
    private final int nodes;
    private List<Store> stores;
    private int turn;

    /**
     * The shape of the fixture.
     *
     * @param nodes how many processes share its database
     */
    record Shape(Path root, ZoneId zone, int nodes) {}

    public LedgerFixture(TestDatabase kind, Path root, ZoneId zone, Instant now) {
        this(kind, new Shape(root, zone, 1), now);
    }

    LedgerFixture(TestDatabase kind, Shape shape, Instant now) {
        this.kind = kind;
        this.root = shape.root();
        this.zone = shape.zone();
        this.clock = TestClock.at(now);
        this.database = kind.ready(folder());
        this.nodes = shape.nodes();
        this.stores = open();
    }

    /** The stores of all nodes. */
    List<Store> stores() {
        return List.copyOf(stores);
    }

    /** The store of the node whose turn it is. */
    public Store store() {
        return stores.get(turn);
    }

    /** True when several nodes share the database. */
    boolean isShared() {
        return nodes > 1;
    }

    /** Moves the clock at random; back only where nobody shares the database. */
    String turnTheClock(Random random) {
        Duration step =
                switch (random.nextInt(12)) {
                    case 0 -> Duration.ofDays(random.nextInt(20));
                    case 1, 2 -> Duration.ofHours(random.nextInt(24));
                    case 3 -> Duration.ofHours(-random.nextInt(30));
                    case 4, 5 -> Duration.ofSeconds(-random.nextInt(120));
                    default -> Duration.ofSeconds(random.nextInt(1200));
                };
        clock.advance(isShared() ? step.abs() : step);
        return "clock " + step + " to " + clock.instant();
    }

    /** Passes the turn to the next node. */
    void turn() {
        turn = (turn + 1) % nodes;
    }

    public TestClock clock() {
        return clock;
    }

    public CallId nextId() {
        return store().ids().next();
    }

    public Database database() {
        return database;
    }

    public Path spool() {
        return folder().resolve("spool");
    }

    /** Stops the process in order and starts it again. */
    public void restart() {
        stores.forEach(Store::close);
        start();
    }

    /** Kills the process: the next one finds the files as they are at this moment. */
    void crash() {
        crash(List.of());
    }

    /**
     * Kills the process with endings in its spool that never reached the database. A database
     * server has what was committed, whatever becomes of its clients.
     */
    void crash(List<CallOutcome> spooled) {
        Path before = folder();
        crashes++;
        copy(before, folder());
        if (kind == TestDatabase.SQLITE) {
            database = kind.fresh(folder());
        }
        stores.forEach(Store::close);
        try (Spool left = Spool.open(spool())) {
            spooled.forEach(left::keep);
        }
        start();
    }

    /** Runs a statement on a connection of its own, as an operator could. */
    public void sql(String statement) {
        TestDatabase.sql(database, statement);
    }

    Connection connect() throws SQLException {
        return TestDatabase.connect(database);
    }

    @Override
    public void close() {
        stores.forEach(Store::close);
    }

    private void start() {
        stores = open();
    }

    private List<Store> open() {
        try {
            Files.createDirectories(folder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Store> opened = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            Path spool = i == 0 ? spool() : folder().resolve("spool" + i);
            opened.add(Store.open(new StoreSettings(database, spool, zone), clock));
        }
        return opened;
    }

    private Path folder() {
        return root.resolve("after-" + crashes);
    }

    private static void copy(Path from, Path to) {
        try {
            Files.createDirectories(to);
            for (String name : List.of("test.db", "test.db-wal", "spool")) {
                if (Files.exists(from.resolve(name))) {
                    Files.copy(from.resolve(name), to.resolve(name));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
