package dev.oaiproxy.ledger.store.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.base.TestClock;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.OnEveryDatabase;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreSettings;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.report.Calls;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one database, one of which dies, or stands still and wakes up. */
@OnEveryDatabase
@Timeout(120)
@Tag("slow")
final class NodesTest {
    private static final Usd DOLLAR = Usd.parse("1");
    private static final Actor ADMIN = new Actor("admin", "test");

    /** No beats but those of the test; whoever is silent for a minute is dead. */
    private static final HeartbeatSettings BY_HAND =
            new HeartbeatSettings(Duration.ofDays(1), Duration.ofMinutes(1), Duration.ZERO, false);

    private final TestDatabase kind;
    private final TestClock clock = TestClock.at(Instant.parse("2026-11-23T12:00:00Z"));
    private final Deque<Store> open = new ArrayDeque<>();
    @TempDir Path folder;
    private Database database;
    private Key key;

    NodesTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void makeDatabase() {
        assumeTrue(kind != TestDatabase.SQLITE, "a file has one server");
        database = kind.ready(folder);
        StoreSettings first =
                new StoreSettings(database, folder.resolve("first/spool"), ZoneOffset.UTC);
        KeySettings terms = new KeySettings("alice", "k1", List.of(), null, AccountLimits.NONE);
        try (Store store = Store.open(first, clock, BY_HAND)) {
            key = store.keys().find(store.keys().create(terms, ADMIN).id()).orElseThrow();
        }
    }

    @AfterEach
    void close() {
        open.forEach(Store::close);
    }

    @Test
    void everyNodeHasANumberOfItsOwnWhenSeveralStartAtOnce() throws Exception {
        List<Store> stores = ConcurrentNodes.start(5, this::start);
        assertThat(stores.stream().map(Store::node)).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        assertThat(stores.getFirst().nodes()).hasSize(5).allMatch(Node::alive);
    }

    @Test
    void aNumberThatWasGivenBackIsTheNextOnes() {
        start();
        Store second = start();
        start();
        stop(second);
        assertThat(start().node()).isEqualTo(1);
        assertThat(start().node()).isEqualTo(3);
    }

    @Test
    void whatADeadNodeLeftIsEndedAtItsHoldByOneOfTheOthers() throws Exception {
        Store dead = start();
        Store second = start();
        Store third = start();
        CallId lost = admitted(dead);
        CallId own = admitted(second);
        CallId asked = admitted(dead);
        assertThat(
                        dead.deferred()
                                .add(
                                        new PendingSettlements.Task(
                                                asked,
                                                PendingSettlements.SettlementKind.RESPONSE,
                                                "resp_1",
                                                "{}")))
                .isTrue();
        second.beat();
        assertThat(state(second, lost)).as("not silent for long enough").isEqualTo(CallState.HELD);
        silence(dead);
        ConcurrentNodes.beat(second, third);
        assertThat(state(second, lost)).isEqualTo(CallState.ESTIMATED);
        assertThat(call(second, lost).bill().cost()).isEqualTo(DOLLAR);
        assertThat(state(second, own)).isEqualTo(CallState.HELD);
        assertThat(state(second, asked)).as("OpenAI can be asked").isEqualTo(CallState.HELD);
        assertThat(second.nodes()).extracting(Node::number).containsExactly(1, 2);
        assertThat(second.audit().run().findings()).isEmpty();
        assertThat(start().node()).isZero();
    }

    @Test
    void aNodeThatWakesUpAfterItsDeathIsRefusedAndBreaksNothing() {
        Store frozen = start();
        Store other = start();
        CallId before = admitted(frozen);
        CallId made = frozen.ids().next();
        silence(frozen);
        other.beat();
        Store heir = start();
        assertThat(heir.node()).isZero();
        assertThat(admit(frozen, frozen.ids().next())).isInstanceOf(Admission.Unavailable.class);
        assertThat(
                        frozen.ledger()
                                .end(
                                        SampleBills.charge(
                                                before, Usd.parse("0.10"), 0, clock.instant())))
                .isTrue();
        assertThat(call(other, before).bill().cost()).as("had ended").isEqualTo(DOLLAR);
        frozen.beat();
        assertThat(frozen.node()).isEqualTo(2);
        assertThat(admit(frozen, made))
                .as("of its old number")
                .isInstanceOf(Admission.Unavailable.class);
        CallId after = admitted(frozen);
        assertThat(after.node()).isEqualTo(2);
        assertThat(frozen.isReady()).isTrue();
        assertThat(other.audit().run().findings()).isEmpty();
    }

    @Test
    void aWokenNodeCorrectsNoCallBeforeItHasJoinedAgain() {
        Store frozen = start();
        Store other = start();
        CallId call = admitted(other);
        other.ledger().end(SampleBills.charge(call, DOLLAR, 0, clock.instant()));
        silence(frozen);
        other.beat();
        Calls.Correction correction =
                new Calls.Correction(
                        frozen.ids().next(), call, Usd.parse("-0.5"), "test", clock.instant());
        assertThatThrownBy(() -> frozen.calls().correct(correction, ADMIN))
                .isInstanceOf(StoreException.class);
        assertThat(other.audit().run().findings()).isEmpty();
    }

    @Test
    void noTwoCallsHaveOneNumberThoughTheClockStandsStill() throws Exception {
        List<Store> stores = new ArrayList<>(List.of(start(), start(), start()));
        Set<CallId> all = new HashSet<>();
        for (int round = 0; round < 4; round++) {
            for (Store store : stores) {
                for (int i = 0; i < 20; i++) {
                    CallId id = admitted(store);
                    store.ledger().end(SampleBills.charge(id, DOLLAR, 0, clock.instant()));
                    assertThat(all.add(id)).as("%s", id).isTrue();
                }
            }
            stop(stores.removeFirst());
            stores.add(start());
        }
        assertThat(stores.getFirst().audit().run().findings()).isEmpty();
    }

    @Test
    void whoHasTheFolderOfADeadProcessNeedNotWaitForItsDeath() {
        Store first = start(folder.resolve("same"));
        CallId lost = admitted(first);
        // Simulates a killed process, which gives nothing back.
        TestDatabase.sql(database, "UPDATE nodes SET incarnation = incarnation + 1");
        first.close();
        open.remove(first);
        TestDatabase.sql(database, "UPDATE nodes SET incarnation = incarnation - 1");
        Store next = start(folder.resolve("same"));
        assertThat(next.node()).isZero();
        assertThat(state(next, lost)).isEqualTo(CallState.ESTIMATED);
    }

    @Test
    void twoProcessesCannotHaveOneFolder() {
        start(folder.resolve("same"));
        assertThatThrownBy(() -> start(folder.resolve("same")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("OAIPROXY_HOME of its own");
    }

    @Test
    void aNodeOfAnotherCalendarDoesNotStart() {
        start();
        StoreSettings other =
                new StoreSettings(database, folder.resolve("far/spool"), ZoneId.of("Asia/Tokyo"));
        assertThatThrownBy(() -> Store.open(other, clock, BY_HAND))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("quota.time-zone is Asia/Tokyo here and Z on ");
    }

    @Test
    void afterTheDatabaseWasAwayNobodyIsTakenForDead() {
        HeartbeatSettings careful =
                new HeartbeatSettings(
                        Duration.ofDays(1), Duration.ofMinutes(1), Duration.ofMinutes(1), false);
        Store first = start(folder.resolve("careful"), careful);
        Store second = start();
        CallId id = admitted(second);
        silence(first);
        silence(second);
        first.beat();
        first.beat();
        assertThat(state(first, id)).isEqualTo(CallState.HELD);
        assertThat(first.nodes()).allMatch(Node::alive);
    }

    @Test
    void whatIsRevokedOnOneNodeIsRefusedByAll() {
        Store first = start();
        Store second = start();
        admitted(second);
        first.keys().revoke(key.id(), ADMIN);
        assertThat(second.keys().find(key.id()).orElseThrow().revoked()).isTrue();
        assertThat(admit(second, second.ids().next())).isInstanceOf(Admission.Inactive.class);
    }

    @Test
    void aNodeWhoseDayHasNotBegunGoesAlongWithTheOthers() {
        Store first = start();
        TestClock late = TestClock.at(clock.instant());
        Store second = start(folder.resolve("late"), BY_HAND, late);
        admitted(second);
        first.quotas()
                .change(
                        "key:" + key.id(),
                        before ->
                                new AccountLimits(
                                        Usd.parse("4"), QuotaPeriod.DAY, null, null, null),
                        ADMIN);
        clock.moveTo(Instant.parse("2026-11-24T00:00:00.005Z"));
        late.moveTo(Instant.parse("2026-11-23T23:59:59.995Z"));
        for (int i = 0; i < 2; i++) {
            CallId id = admitted(first);
            first.ledger().end(SampleBills.charge(id, DOLLAR, 0, clock.instant()));
        }
        CallId id = admitted(second, late);
        assertThat(call(first, id).at()).isEqualTo(Instant.parse("2026-11-24T00:00:00Z"));
        second.ledger().end(SampleBills.charge(id, DOLLAR, 0, late.instant()));
        assertThat(admit(second, second.ids().next(), late))
                .isInstanceOf(Admission.OverQuota.class);
        assertThat(first.audit().run().findings()).isEmpty();
    }

    @Test
    void aNodeWhoseClockIsWrongGoesByTheDatabases() throws Exception {
        start();
        clock.moveTo(Instant.parse("2001-01-01T00:00:00Z"));
        HeartbeatSettings common =
                new HeartbeatSettings(
                        Duration.ofDays(1), Duration.ofMinutes(1), Duration.ZERO, true);
        Store wrong = start(folder.resolve("wrong"), common);
        long before;
        try (Tx tx = Tx.alone(database, Duration.ofSeconds(5))) {
            before = tx.number(database.dialect().now());
        }
        assertThat(wrong.clock().millis()).isBetween(before - 2_000, before + 60_000);
        assertThat(wrong.ids().next().madeAt().toEpochMilli()).isGreaterThan(before - 2_000);
        assertThat(wrong.nodes().get(1).skew()).isGreaterThan(Duration.ofDays(9_000));
    }

    private Store start() {
        return start(folder.resolve("home" + open.size() + "-" + System.nanoTime()));
    }

    private Store start(Path home) {
        return start(home, BY_HAND);
    }

    private Store start(Path home, HeartbeatSettings heartbeatSettings) {
        return start(home, heartbeatSettings, clock);
    }

    private Store start(Path home, HeartbeatSettings heartbeatSettings, TestClock time) {
        Store store =
                Store.open(
                        new StoreSettings(database, home.resolve("spool"), ZoneOffset.UTC),
                        time,
                        heartbeatSettings);
        synchronized (this) {
            open.push(store);
        }
        return store;
    }

    private void stop(Store store) {
        store.close();
        open.remove(store);
    }

    /** Simulates a node without heartbeats. */
    private void silence(Store store) {
        TestDatabase.sql(
                database,
                "UPDATE nodes SET heartbeat_ms = heartbeat_ms - 120000 WHERE number = "
                        + store.node());
    }

    private CallId admitted(Store store) {
        return admitted(store, clock);
    }

    private CallId admitted(Store store, TestClock time) {
        CallId id = store.ids().next();
        assertThat(admit(store, id, time)).isInstanceOf(Admission.Granted.class);
        return id;
    }

    private Admission admit(Store store, CallId id) {
        return admit(store, id, clock);
    }

    private Admission admit(Store store, CallId id, TestClock time) {
        return store.ledger()
                .admit(
                        new HoldRequest(
                                id,
                                key,
                                "chat",
                                SampleBills.MODEL,
                                DOLLAR,
                                0,
                                time.instant(),
                                "t.1"));
    }

    private static CallRow call(Store store, CallId id) {
        return store.calls().find(id).orElseThrow();
    }

    private static CallState state(Store store, CallId id) {
        return call(store, id).state();
    }
}
