package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.base.TestClock;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A ledger on a database server whose disk is full for a while. */
@OnEveryDatabase
@Timeout(180)
@Tag("slow")
final class FullDiskTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Usd DOLLAR = Usd.parse("1");

    /** More calls than fit into the free space of the tables. */
    private static final int MOST_CALLS = 20_000;

    private static final int REFUSALS = 10;

    private final TestDatabase kind;
    @TempDir Path folder;

    FullDiskTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void callsAreRefusedAndThoseInFlightChargedWhenThereIsRoomAgain() throws Exception {
        assumeTrue(kind != TestDatabase.SQLITE, "a file of its own would not be on that disk");
        try (SmallDisk disk = new SmallDisk(megabytes());
                OwnServer small = OwnServer.start(kind, disk.ground(), settings())) {
            runOutOfSpace(disk, small);
        }
    }

    /** The size that an installed server needs. */
    private int megabytes() {
        return kind == TestDatabase.POSTGRESQL ? 80 : 250;
    }

    private List<String> settings() {
        return kind == TestDatabase.POSTGRESQL
                ? List.of("max_wal_size=8MB", "min_wal_size=4MB")
                : List.of("--innodb-log-file-size=16M");
    }

    private void runOutOfSpace(SmallDisk disk, OwnServer server) throws Exception {
        Database database = server.fresh();
        StoreSettings settings =
                new StoreSettings(database, folder.resolve("spool"), ZoneOffset.UTC);
        try (Store store = Store.open(settings, TestClock.at(NOON))) {
            runOutOfSpace(store, disk, server);
        }
    }

    private static void runOutOfSpace(Store store, SmallDisk disk, OwnServer server)
            throws Exception {
        KeySettings terms = new KeySettings("alice", "k1", List.of(), null, AccountLimits.NONE);
        Key key =
                store.keys()
                        .find(store.keys().create(terms, new Actor("admin", "test")).id())
                        .orElseThrow();
        CallId before = store.ids().next();
        assertThat(admit(store, key, before)).isInstanceOf(Admission.Granted.class);
        disk.fill();
        long charged = 1;
        // A file that could not grow by as much as it should may have grown a little.
        int refused = 0;
        for (int i = 0; i < MOST_CALLS && refused < REFUSALS; i++) {
            CallId id = store.ids().next();
            if (admit(store, key, id) instanceof Admission.Granted) {
                assertThat(charge(store, id)).isTrue();
                charged++;
                refused = 0;
            } else {
                refused++;
            }
        }
        assertThat(refused).isEqualTo(REFUSALS);
        assertThat(store.isReady()).isFalse();
        assertThat(charge(store, before)).isTrue();
        disk.empty();
        server.revive();
        Eventually.ask(store::isReady, ready -> ready);
        Eventually.ask(() -> everyone(store).held(), Usd.ZERO::equals);
        assertThat(everyone(store).spent()).isEqualTo(Usd.parse(Long.toString(charged)));
        assertThat(admit(store, key, store.ids().next())).isInstanceOf(Admission.Granted.class);
        assertThat(store.audit().run().findings()).isEmpty();
    }

    private static Admission admit(Store store, Key key, CallId id) {
        return store.ledger()
                .admit(
                        new HoldRequest(
                                id, key, "chat", SampleBills.MODEL, DOLLAR, 0, NOON, "test.1"));
    }

    private static boolean charge(Store store, CallId id) {
        return store.ledger().end(SampleBills.charge(id, DOLLAR, 0, NOON));
    }

    private static AccountBalance everyone(Store store) {
        return store.quotas().find("everyone").orElseThrow();
    }
}
