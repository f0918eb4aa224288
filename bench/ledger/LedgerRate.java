package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.table.Keys;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Measures how many calls the ledgers of one or several nodes hold and charge, with every commit on
 * disk: {@code LedgerRate [SECONDS [CALLERS [NODES [DATABASE...]]]]}, with {@code
 * OAIPROXY_TEST_DURABLE=true}.
 */
final class LedgerRate {
    private static final Usd CENT = Usd.parse("0.01");
    private static final int KEYS = 16;

    private LedgerRate() {}

    /**
     * What to measure.
     *
     * @param callers how many call at once, on all nodes together
     */
    private record Load(TestDatabase kind, int callers, int nodes) {}

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        int callers = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 64;
        int nodes = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
        List<TestDatabase> kinds = new ArrayList<>();
        for (int i = 3; i < arguments.length; i++) {
            kinds.add(TestDatabase.valueOf(arguments[i]));
        }
        for (TestDatabase kind : kinds.isEmpty() ? TestDatabase.available() : kinds) {
            Path folder = Files.createTempDirectory("oaiproxy-rate-");
            Load load = new Load(kind, callers, nodes);
            measure(load, folder, Duration.ofSeconds(2));
            System.out.println(measure(load, folder, Duration.ofSeconds(seconds)));
        }
    }

    private static String measure(Load load, Path folder, Duration time) throws Exception {
        Path own = Files.createTempDirectory(folder, "run");
        try (LedgerFixture all =
                new LedgerFixture(
                        load.kind(),
                        new LedgerFixture.Shape(own, ZoneOffset.UTC, load.nodes()),
                        Instant.now())) {
            List<Key> keys = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                KeySettings terms =
                        new KeySettings("user" + i, "", List.of(), null, AccountLimits.NONE);
                Keys made = all.store().keys();
                keys.add(
                        made.find(made.create(terms, new Actor("admin", "test")).id())
                                .orElseThrow());
            }
            Queue<Long> waits = new ConcurrentLinkedQueue<>();
            long commits = commits(load.kind(), all);
            long end = System.nanoTime() + time.toNanos();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < load.callers(); i++) {
                Key key = keys.get(i % KEYS);
                Store store = all.stores().get(i % load.nodes());
                threads.add(Thread.ofVirtual().start(() -> call(store, key, end, waits)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            List<Long> sorted = waits.stream().sorted().toList();
            return "%s calls/s=%d commits/s=%d admission p50=%.1fms p99=%.1fms balanced=%s"
                    .formatted(
                            load,
                            sorted.size() / time.toSeconds(),
                            (commits(load.kind(), all) - commits) / time.toSeconds(),
                            sorted.get(sorted.size() / 2) / 1e6,
                            sorted.get(sorted.size() * 99 / 100) / 1e6,
                            all.store().audit().run().findings().isEmpty());
        }
    }

    /** How many there have been, by the server's own count; 0 where it is not asked. */
    private static long commits(TestDatabase kind, LedgerFixture ledger) throws Exception {
        String question =
                switch (kind) {
                    case POSTGRESQL ->
                            "SELECT '', xact_commit FROM pg_stat_database"
                                    + " WHERE datname = current_database()";
                    case MARIADB, MYSQL -> "SHOW GLOBAL STATUS LIKE 'Com_commit'";
                    case SQLITE, SQLSERVER -> "SELECT '', 0";
                };
        try (Connection connection = ledger.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getLong(2);
        }
    }

    private static void call(Store store, Key key, long end, Queue<Long> waits) {
        while (System.nanoTime() < end) {
            CallId id = store.ids().next();
            long start = System.nanoTime();
            Instant now = Instant.now();
            HoldRequest order =
                    new HoldRequest(id, key, "chat", SampleBills.MODEL, CENT, 100, now, "test.1");
            Admission admission = store.ledger().admit(order);
            waits.add(System.nanoTime() - start);
            if (admission instanceof Admission.Granted) {
                store.ledger().end(SampleBills.charge(id, CENT, 100, now));
            }
        }
    }
}
