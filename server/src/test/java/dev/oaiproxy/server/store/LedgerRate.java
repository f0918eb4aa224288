package dev.oaiproxy.server.store;

import dev.oaiproxy.server.key.Key;
import dev.oaiproxy.server.ledger.Actor;
import dev.oaiproxy.server.ledger.Admission;
import dev.oaiproxy.server.ledger.CallId;
import dev.oaiproxy.server.ledger.HoldOrder;
import dev.oaiproxy.server.ledger.KeyTerms;
import dev.oaiproxy.server.ledger.Limits;
import dev.oaiproxy.server.money.Usd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Measures how many calls a ledger holds and charges, with every commit on disk: {@code LedgerRate
 * [SECONDS [CALLERS [DATABASE...]]]}, with {@code OAIPROXY_TEST_DURABLE=true}.
 */
final class LedgerRate {
    private static final Usd CENT = Usd.parse("0.01");
    private static final int KEYS = 16;

    private LedgerRate() {}

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        int callers = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 64;
        List<TestDatabase> kinds = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) {
            kinds.add(TestDatabase.valueOf(arguments[i]));
        }
        for (TestDatabase kind : kinds.isEmpty() ? List.of(TestDatabase.values()) : kinds) {
            Path folder = Files.createTempDirectory("oaiproxy-rate-");
            measure(kind, folder, Duration.ofSeconds(2), callers);
            System.out.println(measure(kind, folder, Duration.ofSeconds(seconds), callers));
        }
    }

    private static String measure(TestDatabase kind, Path folder, Duration time, int callers)
            throws Exception {
        Path own = Files.createTempDirectory(folder, "run");
        try (Installation ledger = new Installation(kind, own, ZoneOffset.UTC, Instant.now())) {
            List<Key> keys = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                KeyTerms terms = new KeyTerms("user" + i, "", List.of(), null, Limits.NONE);
                Keys all = ledger.store().keys();
                keys.add(
                        all.find(all.create(terms, new Actor("admin", "test")).id()).orElseThrow());
            }
            Queue<Long> waits = new ConcurrentLinkedQueue<>();
            long end = System.nanoTime() + time.toNanos();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                Key key = keys.get(i % KEYS);
                threads.add(Thread.ofVirtual().start(() -> call(ledger, key, end, waits)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            List<Long> sorted = waits.stream().sorted().toList();
            return "%s callers=%d calls/s=%d admission p50=%.1fms p99=%.1fms balanced=%s"
                    .formatted(
                            kind,
                            callers,
                            sorted.size() / time.toSeconds(),
                            sorted.get(sorted.size() / 2) / 1e6,
                            sorted.get(sorted.size() * 99 / 100) / 1e6,
                            ledger.store().audit().run().findings().isEmpty());
        }
    }

    private static void call(Installation ledger, Key key, long end, Queue<Long> waits) {
        while (System.nanoTime() < end) {
            CallId id = ledger.nextId();
            long start = System.nanoTime();
            Admission admission =
                    ledger.store()
                            .ledger()
                            .admit(
                                    new HoldOrder(
                                            id,
                                            key,
                                            "chat",
                                            Bills.MODEL,
                                            CENT,
                                            100,
                                            ledger.clock().instant(),
                                            "test.1"));
            waits.add(System.nanoTime() - start);
            if (admission instanceof Admission.Granted) {
                ledger.store().ledger().end(Bills.charge(id, CENT, 100, ledger.clock().instant()));
            }
        }
    }
}
