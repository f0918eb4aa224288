package dev.oaiproxy.ledger.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.TestClock;
import dev.oaiproxy.ledger.account.AccountBalance;
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
import java.util.stream.Stream;
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

    /** The tables of the last version without groups. */
    private static final List<String> UNGROUPED =
            Stream.concat(FIRST.stream(), HOURS.stream()).toList();

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
    private Database first(Database now) throws Exception {
        Database old = old(now, "1", FIRST);
        try (Tx from = Tx.alone(now, ConnectionPools.LONG_SILENCE);
                Tx to = Tx.alone(old, ConnectionPools.LONG_SILENCE)) {
            to.insert(
                    "INSERT INTO usage_by_hour VALUES (?, ?, ?, ?, ?, ?, ?)",
                    from.list(OLD_HOURS, UpgradeTest::numbers));
        }
        return old;
    }

    /** The same books in the tables of an older version, which have fewer columns. */
    private Database old(Database now, String version, List<String> tables) throws Exception {
        Database old = kind.fresh(Files.createTempDirectory(folder, "old"));
        new Migrations(old, MigrationVersion.fromVersion(version)).run();
        try (Tx from = Tx.alone(now, ConnectionPools.LONG_SILENCE);
                Tx to = Tx.alone(old, ConnectionPools.LONG_SILENCE)) {
            for (String table : tables) {
                TableCopy copy = new TableCopy(to, table);
                List<Object[]> rows = new ArrayList<>();
                copy.each(from, rows::add);
                assertThat(rows).as(table).isNotEmpty();
                copy.insert(to, rows);
            }
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

    /** Tables, by the columns that they have now. */
    private static Map<String, TableCopy> tables(Database database, List<String> names)
            throws SQLException {
        Map<String, TableCopy> tables = new HashMap<>();
        try (Tx tx = Tx.alone(database, ConnectionPools.LONG_SILENCE)) {
            for (String name : names) {
                tables.put(name, new TableCopy(tx, name));
            }
        }
        return tables;
    }

    private static Map<String, RowDigest> rows(Database database, Map<String, TableCopy> tables)
            throws SQLException {
        Map<String, RowDigest> rows = new HashMap<>();
        try (Tx tx = Tx.alone(database, ConnectionPools.LONG_SILENCE)) {
            for (Map.Entry<String, TableCopy> table : tables.entrySet()) {
                RowDigest all = new RowDigest();
                table.getValue().each(tx, all::add);
                rows.put(table.getKey(), all);
            }
        }
        return rows;
    }

    @Test
    void theFirstReleaseKeepsAllItsRows() throws Exception {
        Database now = filled();
        Database old = first(now);
        Map<String, TableCopy> tables = tables(old, FIRST);
        Map<String, RowDigest> before = rows(old, tables);
        new Migrations(old).run();
        assertThat(rows(old, tables)).isEqualTo(before);
        Map<String, TableCopy> hours = tables(old, HOURS);
        assertThat(rows(old, hours))
                .as("the sums by hour, made anew from the calls")
                .isEqualTo(rows(now, hours));
        assertBooks(old);
    }

    @Test
    void theLastVersionWithoutGroupsKeepsEveryAccount() throws Exception {
        Database old = old(filled(), "7", UNGROUPED);
        Map<String, TableCopy> tables = tables(old, UNGROUPED);
        Map<String, RowDigest> before = rows(old, tables);
        new Migrations(old).run();
        assertThat(rows(old, tables)).isEqualTo(before);
        assertBooks(old);
        try (Store store = open(old)) {
            List<AccountBalance> all = store.quotas().list();
            assertThat(all)
                    .extracting(AccountBalance::scope)
                    .startsWith("everyone", "user:alice")
                    .hasSize(3);
            assertThat(all).allMatch(account -> account.models().isEmpty());
            assertThat(all).allMatch(account -> account.raise() == null);
        }
    }

    private void assertBooks(Database old) {
        try (Store store = open(old)) {
            assertThat(store.audit().run().findings()).isEmpty();
            assertThat(store.quotas().find("user:alice").orElseThrow().spent())
                    .as("the charge, and the hold of what the old process left")
                    .isEqualTo(Usd.parse("1.25"));
        }
    }
}
