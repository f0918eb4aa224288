package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.UsageGroup;
import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.ledger.UsageQuery.By;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random programs, against a ledger on paper; after every step the two agree. */
@OnEveryDatabase
@Tag("slow")
class ModelTest {
    /** Seeds that found something once, or reach far. They are always tried. */
    private static final long[] KEPT = {1, 2, 735602, 1196091};

    private static final int STEPS = 400;
    private static final int FRESH_STEPS = 800;
    private static final int BURSTS = 200;
    private static final int USAGE_EVERY = 20;
    private static final int AUDIT_EVERY = 50;

    private final TestDatabase database;
    @TempDir Path folder;

    ModelTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void keepsTheBooksOfEverySeedThatFoundSomething() {
        for (long seed : KEPT) {
            run(seed, STEPS, CallScenario.ONE_BY_ONE);
        }
    }

    @Test
    void keepsTheBooksOfAProgramThatNobodyHasSeen() {
        run(new Random().nextLong(1_000_000), FRESH_STEPS, CallScenario.ONE_BY_ONE);
    }

    @Test
    void keepsTheBooksOfGroupsAndSeveralQuotas() {
        run(new Random().nextLong(1_000_000), FRESH_STEPS, CallScenario.WITH_GROUPS);
    }

    @Test
    void keepsTheBooksOfTwoNodesThatTakeTurns() {
        assumeTrue(database != TestDatabase.SQLITE, "a file has one server");
        long seed = new Random().nextLong(1_000_000);
        run(seed, FRESH_STEPS, CallScenario.TO_TWO_NODES);
    }

    @Test
    void keepsTheBooksOfManyCallsInOneCommit() {
        run(new Random().nextLong(1_000_000), BURSTS, CallScenario.IN_BURSTS);
    }

    private void run(long seed, int steps, CallScenario callScenario) {
        List<String> done = new ArrayList<>();
        Path own = folder.resolve(Long.toString(seed));
        try (RandomProgram program = new RandomProgram(database, own, seed, callScenario)) {
            for (int step = 0; step < steps; step++) {
                done.add(program.step());
                check(program, step);
            }
            check(program, 0);
        } catch (AssertionError | RuntimeException e) {
            List<String> last = done.subList(Math.max(0, done.size() - 12), done.size());
            throw new AssertionError(
                    "seed %d, after step %d:%n%s"
                            .formatted(seed, done.size(), String.join("\n", last)),
                    e);
        }
    }

    private static void check(RandomProgram program, int step) {
        for (AccountBalance balance : program.ledger().store().quotas().list()) {
            check(program, balance);
        }
        if (step % USAGE_EVERY == 0) {
            checkUsage(program, new Random(step));
        }
        if (step % AUDIT_EVERY == 0) {
            assertThat(program.ledger().store().audit().run().findings()).isEmpty();
        }
    }

    private static void check(RandomProgram program, AccountBalance balance) {
        PaperLedger.PaperAccount account = program.quotas().account(balance);
        String name = program.quotas().nameOf(account);
        long spent = program.paper().spent(account, program.ledger().clock().millis());
        long held = program.paper().held(account);
        assertThat(balance.spent()).as("spent of %s", balance).isEqualTo(Usd.ofNanos(spent));
        assertThat(balance.held()).as("held of %s", balance).isEqualTo(Usd.ofNanos(held));
        assertThat(balance.limits()).isEqualTo(account.limits);
        assertThat(balance.active()).isEqualTo(account.active);
        boolean ended = account.span.endMillis() <= program.ledger().clock().millis();
        if (spent + held <= account.limit() && !ended && account.raise == 0) {
            // One whose period or raise has ended stays excused: the clock may step back.
            program.excused().remove(name);
        }
        long limit = account.limit(program.ledger().clock().millis());
        assertThat(spent + held <= limit || program.excused().contains(name))
                .as("spent and held within the limit of %s", balance)
                .isTrue();
    }

    private static void checkUsage(RandomProgram program, Random random) {
        long since = program.ledger().clock().millis() - random.nextLong(40L * 86_400_000);
        Instant from = Instant.ofEpochMilli(random.nextBoolean() ? 0 : since);
        Instant until = Instant.ofEpochMilli(since + 1 + random.nextLong(60L * 86_400_000));
        UsageQuery query =
                new UsageQuery(from, until, List.of(By.DAY, By.USER, By.KEY), null, null, null);
        Map<List<String>, Usd> costs = new HashMap<>();
        Map<List<String>, Long> counts = new HashMap<>();
        for (UsageGroup group : program.ledger().store().usage().groups(query)) {
            costs.put(group.group(), group.cost());
            counts.put(group.group(), group.calls());
        }
        Map<List<String>, Usd> paperCosts = new HashMap<>();
        Map<List<String>, Long> paperCounts = new HashMap<>();
        for (TwinCall twinCall : program.ended()) {
            PaperLedger.Call call = twinCall.call();
            boolean within =
                    call.booked >= from.toEpochMilli() && call.booked < until.toEpochMilli();
            if (within && call.state != CallState.RELEASED) {
                String day =
                        Instant.ofEpochMilli(call.booked)
                                .atZone(program.zone())
                                .toLocalDate()
                                .toString();
                List<String> group = List.of(day, twinCall.user(), twinCall.keyId());
                paperCosts.merge(group, Usd.ofNanos(call.cost), Usd::plus);
                paperCounts.merge(group, 1L, Long::sum);
            }
        }
        assertThat(costs).as("%s", query).isEqualTo(paperCosts);
        assertThat(counts).as("%s", query).isEqualTo(paperCounts);
    }
}
