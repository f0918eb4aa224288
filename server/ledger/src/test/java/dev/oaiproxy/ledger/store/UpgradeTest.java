package dev.oaiproxy.ledger.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.TestClock;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.connection.ConnectionPools;
import dev.oaiproxy.ledger.store.connection.Migrations;
import dev.oaiproxy.ledger.store.copy.RowDigest;
import dev.oaiproxy.ledger.store.copy.TableCopy;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.table.Keys;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database of each version of the tables that was ever released keeps its rows. */
@OnEveryDatabase
final class UpgradeTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    /** The tables of the first release whose rows stay as they are. */
    private static final List<String> FIRST =
            List.of(
                    "users",
                    "api_keys",
                    "accounts",
                    "calls",
                    "usage_by_day",
                    "bodies",
                    "admin_events");

    private static final List<String> HOURS = List.of("usage_by_hour");

    private final TestDatabase kind;
    private final TestClock clock = TestClock.at(NOON);
    @TempDir Path folder;

    UpgradeTest(TestDatabase kind) {
        this.kind = kind;
    }

    private Store open(Database database) {
        return Store.open(
                new StoreSettings(database, folder.resolve("spool"), ZoneOffset.UTC), clock);
    }

    /** Books with something in every table. */
    private Database filled() {
        Database file = Database.file(folder.resolve("now.db"));
        CallIds ids = new CallIds(clock, 0);
        try (Store store = open(file)) {
            KeySettings terms =
                    new KeySettings("alice", "laptop", List.of(), null, AccountLimits.NONE);
            Keys keys = store.keys();
            Key key = keys.find(keys.create(terms, new Actor("a", "b")).id()).orElseThrow();
            CallId charged = held(store, ids, key);
            store.ledger().end(SampleBills.charge(charged, Usd.parse("0.25"), 100, NOON));
            byte[] said = "said".getBytes(UTF_8);
            SampleBodies.keep(store, charged, said, true);
            held(store, ids, key);
        }
        return file;
    }

    private static final String OLD_HOURS =
            """
            SELECT hour, user_id, SUM(calls), SUM(input_tokens), SUM(cached_tokens),
                SUM(output_tokens), SUM(cost_nanos)
            FROM usage_by_hour WHERE key_id <> 0 GROUP BY hour, user_id
            """;

    private static CallId held(Store store, CallIds ids, Key key) {
        CallId id = ids.next();
        Usd dollar = Usd.parse("1");
        store.ledger()
                .admit(new HoldRequest(id, key, "chat", SampleBills.MODEL, dollar, 0, NOON, "t.1"));
        return id;
    }

    /** The same books in the tables of the first release. */
    private Database old(Database now) throws Exception {
        Database old = kind.fresh(Files.createTempDirectory(folder, "old"));
        new Migrations(old, MigrationVersion.fromVersion("1")).run();
        try (Tx from = Tx.alone(now, ConnectionPools.LONG_SILENCE);
                Tx to = Tx.alone(old, ConnectionPools.LONG_SILENCE)) {
            for (String table : FIRST) {
                TableCopy copy = new TableCopy(from, table);
                List<Object[]> rows = new ArrayList<>();
                copy.each(from, rows::add);
                assertThat(rows).as(table).isNotEmpty();
                copy.insert(to, rows);
            }
            to.insert(
                    "INSERT INTO usage_by_hour VALUES (?, ?, ?, ?, ?, ?, ?)",
                    from.list(OLD_HOURS, UpgradeTest::numbers));
        }
        return old;
    }

    private static Object[] numbers(ResultSet row) throws SQLException {
        Object[] numbers = new Object[row.getMetaData().getColumnCount()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = row.getLong(i + 1);
        }
        return numbers;
    }

    private static Map<String, RowDigest> rows(Database database, List<String> tables)
            throws SQLException {
        Map<String, RowDigest> rows = new HashMap<>();
        try (Tx tx = Tx.alone(database, ConnectionPools.LONG_SILENCE)) {
            for (String table : tables) {
                RowDigest all = new RowDigest();
                new TableCopy(tx, table).each(tx, all::add);
                rows.put(table, all);
            }
        }
        return rows;
    }

    @Test
    void theFirstReleaseKeepsAllItsRows() throws Exception {
        Database now = filled();
        Database old = old(now);
        Map<String, RowDigest> before = rows(old, FIRST);
        new Migrations(old).run();
        assertThat(rows(old, FIRST)).isEqualTo(before);
        assertThat(rows(old, HOURS))
                .as("the sums by hour, made anew from the calls")
                .isEqualTo(rows(now, HOURS));

        try (Store store = open(old)) {
            assertThat(store.audit().run().findings()).isEmpty();
            assertThat(store.quotas().find("user:alice").orElseThrow().spent())
                    .as("the charge, and the hold of what the old process left")
                    .isEqualTo(Usd.parse("1.25"));
        }
    }
}
