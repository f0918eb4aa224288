package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.account.ModelGlobs;
import dev.oaiproxy.ledger.account.QuotaName;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.GroupSettings;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.table.Quotas.ScopedQuota;
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
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of callers over the keys of one group, and of one user in two groups. */
@OnEveryDatabase
@Tag("slow")
class GroupRaceTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Actor ADMIN = new Actor("admin", "test");
    private static final long LARGEST = Usd.parse("0.05").nanos();
    private static final int CALLERS = 500;
    private static final int CALLS_EACH = 4;
    private static final List<String> MODELS = List.of("gpt-6", "gpt-6-pro");
    private static final ScopedQuota PASSING =
            new ScopedQuota("group:ml26", new QuotaName(QuotaPeriod.DAY, ModelGlobs.ALL));

    private final TestDatabase database;
    @TempDir Path folder;
    private LedgerFixture ledger;
    private final List<Key> keys = new ArrayList<>();
    private final AtomicLong charged = new AtomicLong();

    GroupRaceTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() {
        ledger = new LedgerFixture(database, folder, ZoneOffset.UTC, NOON);
        ledger.store().groups().create(new GroupSettings("ml26", usd("6"), usd("2")), ADMIN);
        ledger.store().groups().create(new GroupSettings("lab", usd("3"), usd("3")), ADMIN);
        for (String member : List.of("bob ml26", "bob lab", "carol ml26", "dan ml26", "bob ml26")) {
            String[] words = member.split(" ", 2);
            KeySettings settings =
                    new KeySettings(words[0], words[1], "", List.of(), null, AccountLimits.NONE);
            keys.add(
                    ledger.store()
                            .keys()
                            .find(ledger.store().keys().create(settings, ADMIN).id())
                            .orElseThrow());
        }
        set(new ScopedQuota("user:bob", QuotaName.PLAIN), "4");
        set(
                new ScopedQuota(
                        "user:bob",
                        new QuotaName(QuotaPeriod.HOUR, ModelGlobs.of(List.of("*-pro")))),
                "1");
        set(new ScopedQuota("everyone", QuotaName.PLAIN), "8");
    }

    private static AccountLimits usd(String usd) {
        return new AccountLimits(Usd.parse(usd), QuotaPeriod.MONTH, null, null, null);
    }

    private void set(ScopedQuota quota, String usd) {
        assertThat(ledger.store().quotas().set(quota, Usd.parse(usd), ADMIN)).isNotEmpty();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void neverPassesAnyOfTheirQuotas() throws Exception {
        long seed = new Random().nextLong();
        List<Future<?>> callers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                Random random = new Random(seed + i);
                callers.add(threads.submit(() -> call(random)));
            }
            // A quota comes and goes under the calls.
            for (int i = 0; i < 10; i++) {
                set(PASSING, "5");
                assertWithinLimits(seed);
                assertThat(ledger.store().quotas().remove(PASSING, ADMIN)).isNotEmpty();
            }
        }
        for (Future<?> caller : callers) {
            caller.get();
        }
        assertWithinLimits(seed);
        assertThat(balance("everyone").spent()).isEqualTo(Usd.ofNanos(charged.get()));
        for (AccountBalance end : ledger.store().quotas().list()) {
            assertThat(end.held()).as("seed %d: %s", seed, end).isEqualTo(Usd.ZERO);
        }
        assertThat(ledger.store().audit().run().findings()).as("seed %d", seed).isEmpty();
    }

    private void assertWithinLimits(long seed) {
        for (AccountBalance now : ledger.store().quotas().list()) {
            Usd limit = now.limit();
            // The passing quota counts what was spent before it was set.
            if (limit != null && now.limits().period() != QuotaPeriod.DAY) {
                assertThat(now.spent().plus(now.held()))
                        .as("seed %d: %s", seed, now)
                        .isLessThanOrEqualTo(limit);
            }
        }
    }

    private AccountBalance balance(String scope) {
        return ledger.store().quotas().find(scope).orElseThrow();
    }

    private void call(Random random) {
        for (int i = 0; i < CALLS_EACH; i++) {
            CallId id = ledger.nextId();
            Usd amount = Usd.ofNanos(random.nextLong(LARGEST));
            HoldRequest order =
                    new HoldRequest(
                            id,
                            keys.get(random.nextInt(keys.size())),
                            "chat",
                            MODELS.get(random.nextInt(MODELS.size())),
                            amount,
                            0,
                            NOON,
                            "test.1");
            switch (ledger.store().ledger().admit(order)) {
                case Admission.Granted _ -> end(id, amount, random);
                case Admission.OverQuota refused -> assertThat(refused.free()).isLessThan(amount);
                case Admission.Refused other -> throw new AssertionError(other);
                case Admission.Unavailable down -> throw new AssertionError(down);
            }
        }
    }

    private void end(CallId id, Usd amount, Random random) {
        CallOutcome outcome =
                random.nextInt(4) == 0
                        ? SampleBills.release(id, NOON)
                        : SampleBills.charge(
                                id, Usd.ofNanos(random.nextLong(amount.nanos() + 1)), 0, NOON);
        assertThat(ledger.store().ledger().end(outcome)).isTrue();
        charged.addAndGet(outcome.bill().cost().nanos());
    }
}
