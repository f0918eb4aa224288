package dev.oaiproxy.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.server.Eventually;
import dev.oaiproxy.server.key.Key;
import dev.oaiproxy.server.ledger.Actor;
import dev.oaiproxy.server.ledger.Admission;
import dev.oaiproxy.server.ledger.Balance;
import dev.oaiproxy.server.ledger.CallId;
import dev.oaiproxy.server.ledger.HoldOrder;
import dev.oaiproxy.server.ledger.KeyTerms;
import dev.oaiproxy.server.ledger.Limits;
import dev.oaiproxy.server.money.Usd;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A ledger on a database server whose disk is full for a while. */
@Timeout(180)
final class FullDiskTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Usd DOLLAR = Usd.parse("1");

    /** More than find room in what the tables already have. */
    private static final int MOST_CALLS = 5_000;

    @TempDir Path folder;

    @Test
    void callsAreRefusedAndThoseInFlightChargedWhenThereIsRoomAgain() throws Exception {
        assumeTrue(TestServer.MARIADB.isThere(), "no MariaDB");
        try (SmallDisk disk = new SmallDisk()) {
            Store.Settings settings =
                    new Store.Settings(disk.database(), folder.resolve("spool"), ZoneOffset.UTC);
            try (Store store = Store.open(settings, new HandClock(NOON))) {
                befall(store, disk);
            }
        }
    }

    private static void befall(Store store, SmallDisk disk) throws Exception {
        KeyTerms terms = new KeyTerms("alice", "k1", List.of(), null, Limits.NONE);
        Key key =
                store.keys()
                        .find(store.keys().create(terms, new Actor("admin", "test")).id())
                        .orElseThrow();
        CallId before = store.ids().next();
        assertThat(admit(store, key, before)).isInstanceOf(Admission.Granted.class);
        disk.fill();
        long charged = 1;
        CallId id = store.ids().next();
        while (charged < MOST_CALLS && admit(store, key, id) instanceof Admission.Granted) {
            assertThat(charge(store, id)).isTrue();
            charged++;
            id = store.ids().next();
        }
        assertThat(admit(store, key, id)).isInstanceOf(Admission.Unavailable.class);
        assertThat(store.isReady()).isFalse();
        assertThat(charge(store, before)).isTrue();
        disk.enlarge();
        Eventually.ask(store::isReady, ready -> ready);
        Eventually.ask(() -> everyone(store).held(), Usd.ZERO::equals);
        assertThat(everyone(store).spent()).isEqualTo(Usd.parse(Long.toString(charged)));
        assertThat(admit(store, key, store.ids().next())).isInstanceOf(Admission.Granted.class);
        assertThat(store.audit().run().findings()).isEmpty();
    }

    private static Admission admit(Store store, Key key, CallId id) {
        return store.ledger()
                .admit(new HoldOrder(id, key, "chat", Bills.MODEL, DOLLAR, 0, NOON, "test.1"));
    }

    private static boolean charge(Store store, CallId id) {
        return store.ledger().end(Bills.charge(id, DOLLAR, 0, NOON));
    }

    private static Balance everyone(Store store) {
        return store.quotas().find("everyone").orElseThrow();
    }
}
