package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.sql.SqlCallback;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger whose file is taken away, and given back. */
@Tag("database")
@Tag("slow")
@Order(0) // It waits most of the time.
class OutageTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final String COUNT =
            """
            WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 9000000)
            SELECT COUNT(*) FROM c
            """;
    private static final Usd DOLLAR = Usd.parse("1");

    @TempDir Path folder;
    private LedgerFixture ledger;
    private Key key;

    @BeforeEach
    void open() {
        ledger = new LedgerFixture(TestDatabase.SQLITE, folder, ZoneOffset.UTC, NOON);
        KeySettings terms = new KeySettings("alice", "k1", List.of(), null, AccountLimits.NONE);
        Actor admin = new Actor("admin", "test");
        key = ledger.store().keys().find(ledger.store().keys().create(terms, admin).id()).get();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void refusesCallsAndKeepsChargesWhileTheDatabaseIsLocked() throws SQLException {
        CallId first = admitted();
        CallId second = admitted();
        try (Connection other = ledger.connect();
                Statement operator = other.createStatement()) {
            operator.execute("BEGIN EXCLUSIVE");
            assertThat(admit(ledger.nextId())).isInstanceOf(Admission.Unavailable.class);
            assertThat(charge(first)).isTrue();
            assertThat(ledger.store().isReady()).isFalse();
            operator.execute("COMMIT");
        }
        assertThat(charge(first)).isTrue();
        assertThat(charge(second)).isTrue();
        awaitAllEnded();
        assertThat(everyone().spent()).isEqualTo(Usd.parse("2"));
        assertThat(state(first)).isEqualTo(CallState.CHARGED);
        assertThat(admit(ledger.nextId())).isInstanceOf(Admission.Granted.class);
        assertThat(ledger.store().isReady()).isTrue();
    }

    @Test
    void knowsWhetherItAdmittedACallWhenTheLockIsTakenBetweenTwoCommits() throws Exception {
        try (Connection other = ledger.connect();
                Statement operator = other.createStatement()) {
            operator.execute("PRAGMA busy_timeout = 0");
            Thread contender = Thread.ofPlatform().start(() -> lockForAWhile(operator));
            while (contender.isAlive()) {
                CallId id = ledger.nextId();
                if (admit(id) instanceof Admission.Granted) {
                    assertThat(charge(id)).isTrue();
                }
            }
        }
        awaitAllEnded();
    }

    @Test
    void postsWhatWasSpooledByAProcessThatIsKilledWhileTheDatabaseIsLocked() throws SQLException {
        CallId id = admitted();
        try (Connection other = ledger.connect();
                Statement operator = other.createStatement()) {
            operator.execute("BEGIN IMMEDIATE");
            assertThat(charge(id)).isTrue();
            ledger.crash();
            operator.execute("ROLLBACK");
        }
        assertThat(state(id)).isEqualTo(CallState.CHARGED);
        assertBalanced();
    }

    @Test
    void refusesCallsOnAFullDiskAndTakesThemAgainWhenThereIsRoom() {
        CallId before = admitted();
        spoil(tx -> tx.number("PRAGMA max_page_count = 1"));
        CallId id = ledger.nextId();
        while (admit(id) instanceof Admission.Granted) {
            charge(id);
            id = ledger.nextId();
        }
        // The ledger goes on with a new connection, which does not have the bound.
        assertThat(charge(before)).isTrue();
        charge(admitted());
        awaitAllEnded();
        assertThat(state(before)).isEqualTo(CallState.CHARGED);
        assertThat(ledger.store().calls().find(id)).isEmpty();
    }

    @Test
    void spoolsAChargeThatADatabaseOnlyForReadingDoesNotTake() {
        CallId before = admitted();
        spoil(tx -> tx.update("PRAGMA query_only = 1"));
        assertThat(charge(before)).isTrue();
        awaitAllEnded();
        charge(admitted());
        assertThat(state(before)).isEqualTo(CallState.CHARGED);
        assertBalanced();
    }

    @Test
    void keepsASecondServerOffTheSameFile() {
        StoreSettings same =
                new StoreSettings(ledger.database(), folder.resolve("spool2"), ZoneOffset.UTC);
        assertThatThrownBy(() -> Store.open(same, ledger.clock()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("another oaiproxy server");
        charge(admitted());
        assertBalanced();
    }

    @Test
    void opensAfterAnAttemptThatFailed() throws Exception {
        Path database = folder.resolve("other.db");
        StoreSettings settings =
                new StoreSettings(database, folder.resolve("spool2"), ZoneOffset.UTC);
        Files.writeString(
                database, "not a database, but long enough to be taken for one".repeat(9));
        assertThatThrownBy(() -> Store.open(settings, ledger.clock()))
                .isInstanceOf(StoreException.class);
        Files.delete(database);
        try (Store store = Store.open(settings, ledger.clock())) {
            assertThat(store.isReady()).isTrue();
        }
    }

    @Test
    void aStartIsMorePatientWithItsDatabaseThanAClient() {
        Thread starter = Thread.currentThread();
        List<Duration> left = new ArrayList<>();
        InstantSource clock =
                () -> {
                    if (Thread.currentThread().equals(starter)) {
                        left.add(Deadline.spend(0, Duration::ofMillis));
                    }
                    return ledger.clock().instant();
                };
        StoreSettings settings =
                new StoreSettings(
                        folder.resolve("other.db"), folder.resolve("spool2"), ZoneOffset.UTC);
        Store.open(settings, clock).close();
        assertThat(left.getFirst()).isGreaterThan(Duration.ofMinutes(1));
    }

    private CallId admitted() {
        CallId id = ledger.nextId();
        assertThat(admit(id)).isInstanceOf(Admission.Granted.class);
        return id;
    }

    private Admission admit(CallId id) {
        return ledger.store()
                .ledger()
                .admit(
                        new HoldRequest(
                                id, key, "chat", SampleBills.MODEL, DOLLAR, 0, NOON, "test.1"));
    }

    private boolean charge(CallId id) {
        return ledger.store().ledger().end(SampleBills.charge(id, DOLLAR, 0, NOON));
    }

    private CallState state(CallId id) {
        return ledger.store().calls().find(id).orElseThrow().state();
    }

    private AccountBalance everyone() {
        return ledger.store().quotas().find("everyone").orElseThrow();
    }

    /** Does something to the writer's own connection, as a failing disk would. */
    private <T> void spoil(SqlCallback<T> query) {
        ledger.store().writer().write(query);
    }

    private void awaitAllEnded() {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (everyone().held().nanos() != 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(everyone().held()).isEqualTo(Usd.ZERO);
        assertBalanced();
    }

    private void assertBalanced() {
        assertThat(ledger.store().audit().run().findings()).isEmpty();
    }

    /** Holds the lock for longer than the ledger's connection waits for it in one attempt. */
    private static void lockForAWhile(Statement operator) {
        boolean done = false;
        while (!done) {
            try {
                operator.execute("BEGIN IMMEDIATE");
                operator.execute(COUNT);
                operator.execute("COMMIT");
                done = true;
            } catch (SQLException busy) {
                Thread.onSpinWait();
            }
        }
    }
}
