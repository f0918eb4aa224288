package dev.oaiproxy.ledger.store.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.OneCommit;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.table.Keys;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many calls of many keys in one commit. */
@OnEveryDialect
class UnitOfWorkTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Usd CENT = Usd.parse("0.01");
    private static final int KEYS = 50;
    private static final int CALLS = 200;

    /** Texts that a driver must escape when it writes values into statements. */
    private static final List<String> REASONS =
            List.of(
                    "it's \"gone\"",
                    "\\",
                    "\\' OR 1=1; -- ",
                    "50 %_?",
                    "Käse \uD83D\uDE00",
                    "{d x}");

    private final TestDatabase database;
    @TempDir Path folder;
    private LedgerFixture ledger;

    UnitOfWorkTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() {
        ledger = new LedgerFixture(database, folder, ZoneOffset.UTC, NOON);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void holdsAndEndsEachOfThem() throws Exception {
        List<CallId> ids = holdAll(CALLS);
        assertThat(everyone().held()).isEqualTo(Usd.parse("2.00"));
        List<Callable<Boolean>> ends = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            CallOutcome callOutcome =
                    i % 2 == 0
                            ? SampleBills.charge(ids.get(i), CENT, i, NOON)
                            : SampleBills.release(ids.get(i), NOON, reason(i));
            ends.add(() -> store().ledger().end(callOutcome));
        }
        assertThat(all(ends)).hasSize(CALLS).containsOnly(true);
        for (int i = 0; i < CALLS; i++) {
            CallRow call = store().calls().find(ids.get(i)).orElseThrow();
            assertThat(call.state()).isEqualTo(i % 2 == 0 ? CallState.CHARGED : CallState.RELEASED);
            assertThat(call.reason()).isEqualTo(i % 2 == 0 ? "" : reason(i));
        }
        assertThat(everyone().held()).isEqualTo(Usd.ZERO);
        assertThat(everyone().spent()).isEqualTo(Usd.parse("1.00"));
        assertThat(store().audit().run().findings()).isEmpty();
    }

    @Test
    void keepsAnEndThatTheDatabaseDoesNotTakeFromTheOthers() throws Exception {
        assumeTrue(database != TestDatabase.SQLITE, "takes text of any length");
        List<CallId> ids = holdAll(8);
        List<Callable<Boolean>> ends = new ArrayList<>();
        for (CallId id : ids) {
            CallOutcome callOutcome = SampleBills.charge(id, CENT, 1, NOON);
            CallOutcome told =
                    id.equals(ids.get(4)) ? withLines("x".repeat(5_000), callOutcome) : callOutcome;
            ends.add(() -> store().ledger().end(told));
        }
        assertThat(all(ends)).containsOnly(true);
        Eventually.ask(() -> Store.spooled(ledger.spool()), waiting -> waiting == 0);
        assertThat(everyone().held()).as("that of the one").isEqualTo(CENT);
        assertThat(everyone().spent()).isEqualTo(Usd.parse("0.07"));
        assertThat(store().audit().run().findings()).isEmpty();
    }

    @Test
    void changesTheHoldOfACallTwiceInOneCommit() throws Exception {
        CallId id = holdAll(1).getFirst();
        List<Callable<Admission>> resizes = new ArrayList<>();
        for (String amount : List.of("0.05", "0.03")) {
            resizes.add(() -> store().ledger().resize(id, Usd.parse(amount), NOON));
        }
        assertThat(all(resizes)).hasOnlyElementsOfType(Admission.Granted.class);
        assertThat(everyone().held()).isEqualTo(Usd.parse("0.03"));
        assertThat(store().ledger().end(SampleBills.charge(id, CENT, 1, NOON))).isTrue();
        assertThat(everyone().held()).isEqualTo(Usd.ZERO);
        assertThat(store().audit().run().findings()).isEmpty();
    }

    private static CallOutcome withLines(String lines, CallOutcome callOutcome) {
        CallOutcome.Bill bill = callOutcome.bill();
        CallOutcome.Bill other =
                new CallOutcome.Bill(bill.cost(), bill.model(), bill.tier(), lines, 1, 0, 0, "");
        return new CallOutcome(
                callOutcome.id(),
                callOutcome.state(),
                callOutcome.reason(),
                callOutcome.status(),
                callOutcome.at(),
                other);
    }

    private static String reason(int i) {
        return REASONS.get(i / 2 % REASONS.size());
    }

    private List<CallId> holdAll(int count) throws Exception {
        Keys keys = store().keys();
        List<Key> made = new ArrayList<>();
        for (int i = 0; i < Math.min(KEYS, count); i++) {
            KeySettings terms =
                    new KeySettings("user" + i % 20, "", List.of(), null, AccountLimits.NONE);
            made.add(keys.find(keys.create(terms, new Actor("admin", "test")).id()).orElseThrow());
        }
        List<CallId> ids = new ArrayList<>();
        List<Callable<Admission>> holds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            CallId id = ledger.nextId();
            ids.add(id);
            HoldRequest order =
                    new HoldRequest(
                            id,
                            made.get(i % made.size()),
                            "chat",
                            SampleBills.MODEL,
                            CENT,
                            100,
                            NOON,
                            "test.1");
            holds.add(() -> store().ledger().admit(order));
        }
        assertThat(all(holds)).hasOnlyElementsOfType(Admission.Granted.class);
        return ids;
    }

    private <T> List<T> all(List<Callable<T>> callers) throws Exception {
        List<T> outcomes = new ArrayList<>();
        for (Future<T> outcome : OneCommit.of(store(), callers)) {
            outcomes.add(outcome.get());
        }
        return outcomes;
    }

    private Store store() {
        return ledger.store();
    }

    private AccountBalance everyone() {
        return store().quotas().find("everyone").orElseThrow();
    }
}
