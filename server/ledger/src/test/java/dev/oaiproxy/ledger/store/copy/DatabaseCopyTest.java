package dev.oaiproxy.ledger.store.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.base.TestClock;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.ledger.store.SampleBodies;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreSettings;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.connection.Migrations;
import dev.oaiproxy.ledger.store.report.Audit;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.table.Keys;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An installation in a file, moved to each database, and from there back into a file. */
@OnEveryDialect
final class DatabaseCopyTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final ZoneId ZONE = ZoneOffset.UTC;
    private static final int MANY = 601;

    private final TestDatabase kind;
    private final TestClock clock = TestClock.at(NOON);
    @TempDir Path folder;
    private Database file;
    private CallIds ids;

    DatabaseCopyTest(TestDatabase kind) {
        this.kind = kind;
        this.file = Database.file(Path.of("none"));
        this.ids = new CallIds(clock, 0);
    }

    @BeforeEach
    void fill() {
        file = Database.file(folder.resolve("from.db"));
        ids = new CallIds(clock, 0);
        try (Store store = open(file)) {
            KeySettings terms =
                    new KeySettings(
                            "alice", "caf\u00e9 \ud83c\udf70", List.of(), null, AccountLimits.NONE);
            Keys keys = store.keys();
            Key key = keys.find(keys.create(terms, new Actor("a", "b")).id()).orElseThrow();
            charge(store, key, 3);
            admit(store, ids.next(), key);
            SampleBodies.keep(store, ids.next(), sampleBody(), true);
            store.objects()
                    .record(
                            List.of(
                                    new ObjectReference("id", ObjectKind.VECTOR_STORE, "vs_1"),
                                    new ObjectReference("id", ObjectKind.FILE, "file-A")),
                            OwnedObjects.Owner.of(key));
        }
    }

    private void charge(Store store, Key key, int calls) {
        for (int i = 0; i < calls; i++) {
            CallId id = ids.next();
            admit(store, id, key);
            store.ledger().end(SampleBills.charge(id, Usd.parse("0.25"), i, NOON));
        }
    }

    private static byte[] sampleBody() {
        return "caf\u00e9 \u0000 \ud83c\udf70".getBytes(UTF_8);
    }

    private static void admit(Store store, CallId id, Key key) {
        Usd dollar = Usd.parse("1");
        store.ledger()
                .admit(new HoldRequest(id, key, "chat", SampleBills.MODEL, dollar, 0, NOON, "t.1"));
    }

    private Store open(Database database) {
        return Store.open(new StoreSettings(database, folder.resolve("spool"), ZONE), clock);
    }

    private static Audit.Report copy(Database from, Database to) {
        return new DatabaseCopy(from, to, ZONE, (table, rows, all) -> {}).run();
    }

    private Database target() throws Exception {
        return kind.fresh(Files.createTempDirectory(folder, "to"));
    }

    @Test
    void bringsEveryRowThereAndBack() throws Exception {
        try (Store store = open(file)) {
            Key key = store.keys().list(null).getFirst();
            charge(store, key, MANY);
        }
        Database there = target();
        Audit.Report report = copy(file, there);
        assertThat(report.findings()).isEmpty();
        assertThat(report.calls()).isEqualTo(MANY + 4);
        assertThat(report.charged()).isEqualTo(Usd.parse("152"));

        Database back = Database.file(folder.resolve("back.db"));
        assertThat(copy(there, back)).isEqualTo(report);

        try (Store store = open(there)) {
            assertThat(store.quotas().find("user:alice").orElseThrow().spent())
                    .isEqualTo(Usd.parse("152"));
            assertThat(store.audit().run().findings()).isEmpty();
        }
    }

    @Test
    void knowsEveryTableThatHasSomethingToKeep() throws Exception {
        Database there = target();
        new Migrations(there).run();
        Set<String> tables = new TreeSet<>();
        try (Connection connection = TestDatabase.connect(there);
                ResultSet found =
                        connection
                                .getMetaData()
                                .getTables(
                                        connection.getCatalog(),
                                        connection.getSchema(),
                                        "%",
                                        new String[] {"TABLE"})) {
            while (found.next()) {
                tables.add(found.getString("TABLE_NAME").toLowerCase(Locale.ROOT));
            }
        }
        tables.removeIf(name -> name.startsWith("sqlite_") || name.startsWith("flyway_"));
        assertThat(tables.remove("nodes")).as("who uses it is not kept").isTrue();
        assertThat(DatabaseCopy.TABLES).containsExactlyInAnyOrderElementsOf(tables);
    }

    @Test
    void isRepeatedWhereItWasStopped() throws Exception {
        Database there = target();
        DatabaseCopy stopped =
                new DatabaseCopy(
                        file,
                        there,
                        ZONE,
                        (table, rows, all) -> {
                            if (table.equals("calls")) {
                                throw new IllegalStateException("stopped at " + rows);
                            }
                        });
        assertThatThrownBy(stopped::run).hasMessage("stopped at 4");
        assertThatThrownBy(() -> open(there)).hasMessageContaining("repeat oaiproxy db copy");

        assertThat(copy(file, there).findings()).isEmpty();
        open(there).close();
    }

    @Test
    void leavesAnInstallationAlone() throws Exception {
        Database there = target();
        open(there).close();
        assertThatThrownBy(() -> copy(file, there))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("holds an installation already");
        assertThatThrownBy(() -> copy(file, file))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("both installations name");
    }

    @Test
    void waitsForNoServerThatIsInUse() throws Exception {
        Database there = target();
        try (Store _ = open(file)) {
            assertThatThrownBy(() -> copy(file, there))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("another oaiproxy server uses");
        }
    }
}
