package dev.oaiproxy.ledger.store.sql;

import dev.oaiproxy.ledger.store.TestDatabase;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Measures a look-up by primary key, by plain JDBC and by Helidon's DbClient, on each database that
 * is available: {@code ReadRate [LOOKUPS]}.
 */
final class ReadRate {
    private static final String SELECT = "SELECT id, scope, limit_nanos FROM accounts WHERE id = ?";
    private static final String INSERT =
            "INSERT INTO accounts (id, scope, active, expires_ms, period, period_start_ms,"
                    + " period_end_ms, limit_nanos, spent_nanos, held_nanos, rpm, tpm, parallel,"
                    + " minute, minute_calls, minute_tokens, in_flight)"
                    + " VALUES (?, ?, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)";
    private static final int ROWS = 1_000;

    private ReadRate() {}

    private interface Lookup {
        Object find(Tx tx, long id) throws SQLException;
    }

    public static void main(String[] arguments) throws Exception {
        int lookups = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
        for (TestDatabase kind : TestDatabase.available()) {
            Database database = kind.migrated(Files.createTempDirectory("oaiproxy-rate-"));
            try (Tx tx = Tx.alone(database, Duration.ofMinutes(1))) {
                tx.begin();
                for (long id = 1; id <= ROWS; id++) {
                    tx.update(INSERT, id, "user:" + id);
                }
                tx.commit();
                for (int round = 0; round < 3; round++) {
                    double plain = micros(tx, lookups, ReadRate::plain);
                    double client = micros(tx, lookups, ReadRate::byClient);
                    System.out.printf(
                            "%s plain=%.1fus dbclient=%.1fus ratio=%.1f%n",
                            kind, plain, client, client / plain);
                }
            }
        }
    }

    private static Object plain(Tx tx, long id) throws SQLException {
        return tx.first(SELECT, row -> row.getLong(1) + row.getString(2) + row.getLong(3), id)
                .orElseThrow();
    }

    private static Object byClient(Tx tx, long id) throws SQLException {
        return tx.query(
                        SELECT,
                        row ->
                                DbQueries.number(row, 1)
                                        + row.column(2).getString()
                                        + DbQueries.number(row, 3),
                        id)
                .getFirst();
    }

    private static double micros(Tx tx, int lookups, Lookup lookup) throws SQLException {
        long start = System.nanoTime();
        for (int i = 0; i < lookups; i++) {
            lookup.find(tx, 1 + i % ROWS);
        }
        tx.rollback();
        return (System.nanoTime() - start) / 1e3 / lookups;
    }
}
