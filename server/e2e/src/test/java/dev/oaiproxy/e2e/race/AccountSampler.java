package dev.oaiproxy.e2e.race;

import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.sql.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Samples the accounts a thousand times a second from a connection of its own; each sample sees one
 * commit.
 */
final class AccountSampler implements AutoCloseable {
    private static final String LOOK =
            """
            SELECT a.scope, a.limit_nanos, a.spent_nanos, a.held_nanos,
                (SELECT SUM(cost_nanos) FROM calls) AS charged,
                (SELECT SUM(held_nanos) FROM calls WHERE state = 0) AS held
            FROM accounts a
            """;

    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Database database;
    private final List<String> faults = new ArrayList<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private volatile boolean over;
    private long looks;

    AccountSampler(Database database) {
        this.database = database;
        Thread.ofPlatform().start(this::look);
    }

    private void look() {
        try (Connection reader = TestDatabase.connect(database);
                PreparedStatement statement = reader.prepareStatement(LOOK)) {
            while (!over) {
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        check(row);
                    }
                }
                looks++;
                // The observed calls need the CPU as well.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (SQLException e) {
            faults.add(e.toString());
        } finally {
            end.complete(null);
        }
    }

    /** There is one user with one key, so every account has the sums of all calls. */
    private void check(ResultSet row) throws SQLException {
        long limit = row.getLong("limit_nanos");
        long spent = row.getLong("spent_nanos");
        long held = row.getLong(4);
        if (spent + held > limit) {
            faults.add(row.getString("scope") + " " + spent + " + " + held + " > " + limit);
        }
        if (spent != row.getLong("charged") || held != row.getLong(6)) {
            faults.add(row.getString("scope") + " is not the sum of the calls");
        }
    }

    /** The number of samples. */
    long looks() {
        return looks;
    }

    /** The violations that were found; to be called after {@link #close}. */
    List<String> faults() {
        return faults;
    }

    @Override
    public void close() {
        over = true;
        end.join();
    }
}
