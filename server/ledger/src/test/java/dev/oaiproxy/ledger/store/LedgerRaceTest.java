package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of callers on one small quota. */
@OnEveryDatabase
@Tag("slow")
class LedgerRaceTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Usd LIMIT = Usd.parse("5");
    private static final long LARGEST = Usd.parse("0.05").nanos();
    private static final int CALLERS = 400;
    private static final int CALLS_EACH = 6;

    private final TestDatabase database;
    @TempDir Path folder;
    private LedgerFixture ledger;
    private Key key;
    private final AtomicLong charged = new AtomicLong();

    LedgerRaceTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() {
        ledger = new LedgerFixture(database, folder, ZoneOffset.UTC, NOON);
        AccountLimits limits = new AccountLimits(LIMIT, QuotaPeriod.MONTH, null, null, null);
        KeySettings terms = new KeySettings("alice", "k1", List.of(), null, limits);
        Actor admin = new Actor("admin", "test");
        key =
                ledger.store()
                        .keys()
                        .find(ledger.store().keys().create(terms, admin).id())
                        .orElseThrow();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void neverPassesTheQuotaNorRefusesWhileThereIsMoney() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread sampler = Thread.ofPlatform().start(() -> sample(over));
        long seed = new Random().nextLong();
        List<Future<?>> callers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                Random random = new Random(seed + i);
                callers.add(threads.submit(() -> call(random)));
            }
        } finally {
            over.set(true);
        }
        sampler.join();
        for (Future<?> caller : callers) {
            caller.get();
        }
        assertThat(sampleFailure).as("seed %d", seed).isEmpty();
        assertSums(seed);
    }

    private void assertSums(long seed) {
        AccountBalance end = balance();
        assertThat(end.held()).as("seed %d", seed).isEqualTo(Usd.ZERO);
        assertThat(end.spent()).as("seed %d", seed).isEqualTo(Usd.ofNanos(charged.get()));
        assertThat(ledger.store().audit().run().findings()).as("seed %d", seed).isEmpty();
        Usd left = LIMIT.minus(end.spent());
        assertThat(admit(ledger.nextId(), left)).isInstanceOf(Admission.Granted.class);
        assertThat(admit(ledger.nextId(), Usd.ofNanos(1))).isInstanceOf(Admission.OverQuota.class);
    }

    private void call(Random random) {
        for (int i = 0; i < CALLS_EACH; i++) {
            CallId id = ledger.nextId();
            Usd amount = Usd.ofNanos(random.nextLong(LARGEST));
            switch (admit(id, amount)) {
                case Admission.Granted granted -> end(id, resized(id, amount, random), random);
                case Admission.OverQuota refused -> assertThat(refused.free()).isLessThan(amount);
                case Admission.Refused other -> throw new AssertionError(other);
                case Admission.Unavailable down -> throw new AssertionError(down);
            }
        }
    }

    /** The hold of a call after a random resize. */
    private Usd resized(CallId id, Usd held, Random random) {
        if (random.nextBoolean()) {
            return held;
        }
        Usd wanted = Usd.ofNanos(random.nextLong(LARGEST));
        return switch (ledger.store().ledger().resize(id, wanted, NOON)) {
            case Admission.Granted granted -> wanted;
            case Admission.OverQuota refused -> {
                assertThat(refused.free()).isBetween(held, wanted.minus(Usd.ofNanos(1)));
                yield held;
            }
            case Admission.Refused other -> throw new AssertionError(other);
            case Admission.Unavailable down -> throw new AssertionError(down);
        };
    }

    private void end(CallId id, Usd amount, Random random) {
        CallOutcome outcome =
                switch (random.nextInt(3)) {
                    case 0 -> SampleBills.release(id, NOON);
                    case 1 -> SampleBills.estimate(id, amount, NOON);
                    default ->
                            SampleBills.charge(
                                    id, Usd.ofNanos(random.nextLong(amount.nanos() + 1)), 0, NOON);
                };
        assertThat(ledger.store().ledger().end(outcome)).isTrue();
        charged.addAndGet(outcome.bill().cost().nanos());
    }

    private volatile String sampleFailure = "";

    /** Samples the committed state until the race is over. */
    private void sample(AtomicBoolean over) {
        while (!over.get()) {
            AccountBalance now = balance();
            if (now.spent().plus(now.held()).compareTo(LIMIT) > 0) {
                sampleFailure = now.toString();
            }
        }
    }

    private AccountBalance balance() {
        return ledger.store().quotas().find("key:" + key.id()).orElseThrow();
    }

    private Admission admit(CallId id, Usd amount) {
        return ledger.store()
                .ledger()
                .admit(
                        new HoldRequest(
                                id, key, "chat", SampleBills.MODEL, amount, 0, NOON, "test.1"));
    }
}
