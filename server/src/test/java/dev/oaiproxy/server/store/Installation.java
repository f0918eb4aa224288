package dev.oaiproxy.server.store;

import dev.oaiproxy.server.ledger.CallId;
import dev.oaiproxy.server.ledger.CallIds;
import dev.oaiproxy.server.ledger.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/** A store on real files, the clock that it sees, and the ways in which its process can end. */
final class Installation implements AutoCloseable {
    private final Path root;
    private final ZoneId zone;
    private final HandClock clock;
    private int crashes;
    private Store store;
    private CallIds ids;

    Installation(Path root, ZoneId zone, Instant now) {
        this.root = root;
        this.zone = zone;
        this.clock = new HandClock(now);
        this.store = open();
        this.ids = new CallIds(clock, 0);
    }

    Store store() {
        return store;
    }

    HandClock clock() {
        return clock;
    }

    CallId nextId() {
        return ids.next();
    }

    Path database() {
        return folder().resolve("test.db");
    }

    Path spool() {
        return folder().resolve("spool");
    }

    /** Stops the process in order and starts it again. */
    void restart() {
        store.close();
        start();
    }

    /** Kills the process: the next one finds the files as they are at this moment. */
    void crash() {
        crash(List.of());
    }

    /** Kills the process with endings in its spool that never reached the database. */
    void crash(List<Ending> spooled) {
        Path before = folder();
        crashes++;
        copy(before, folder());
        store.close();
        try (Spool left = Spool.open(spool())) {
            spooled.forEach(left::keep);
        }
        start();
    }

    /** Runs a statement on a connection of its own, as an operator at the files could. */
    void sql(String statement) {
        try (Connection connection = connect();
                Statement one = connection.createStatement()) {
            one.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(statement, e);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + database() + "?busy_timeout=5000");
    }

    @Override
    public void close() {
        store.close();
    }

    private void start() {
        store = open();
        ids = new CallIds(clock, 0, store.calls().newest());
    }

    private Store open() {
        try {
            Files.createDirectories(folder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Store.open(new Store.Settings(database(), spool(), zone), clock);
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
