package dev.oaiproxy.ledger.store.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.AuditFinding;
import dev.oaiproxy.ledger.ledger.CallFilter;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.ledger.UsageGroup;
import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.ledger.store.SampleBodies;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.report.Audit;
import dev.oaiproxy.ledger.store.report.Calls;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call of 0.25 USD each noon of ten days, and what is left when most of it is too old. */
@OnEveryDialect
final class RetentionTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final Actor ADMIN = new Actor("admin", "test");
    private static final Usd QUARTER = Usd.parse("0.25");
    private static final int DAYS = 10;

    /** A zone in which a day begins in the middle of a UTC hour. */
    private static final ZoneId ODD = ZoneId.of("Asia/Kolkata");

    private final TestDatabase database;
    @TempDir Path folder;
    private LedgerFixture site;
    private Key alice;

    RetentionTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() {
        site = new LedgerFixture(database, folder, ODD, NOON);
        KeySettings terms = new KeySettings("alice", "", List.of(), null, AccountLimits.NONE);
        Keys keys = site.store().keys();
        alice = keys.find(keys.create(terms, ADMIN).id()).orElseThrow();
        for (int day = 0; day < DAYS; day++) {
            site.clock().moveTo(NOON.plus(Duration.ofDays(day)));
            CallId id = held();
            site.store().ledger().end(SampleBills.charge(id, QUARTER, 100, site.clock().instant()));
            SampleBodies.keep(site.store(), id, bytes(), false);
        }
    }

    @AfterEach
    void close() {
        site.close();
    }

    private static byte[] bytes() {
        return "said".getBytes(UTF_8);
    }

    private CallId held() {
        CallId id = site.nextId();
        Instant now = site.clock().instant();
        site.store()
                .ledger()
                .admit(
                        new HoldRequest(
                                id, alice, "chat", SampleBills.MODEL, QUARTER, 0, now, "test.1"));
        return id;
    }

    private void keepFor(int bodies, int calls) {
        try (Retention retention =
                site.store().retention(Duration.ofDays(bodies), Duration.ofDays(calls))) {
            while (retention.step()) {
                assertTheBooksBalance();
            }
        }
        assertTheBooksBalance();
    }

    private void assertTheBooksBalance() {
        Audit.Report report = site.store().audit().run();
        assertThat(report.findings()).isEmpty();
        assertThat(report.charged()).isEqualTo(Usd.parse("2.5"));
    }

    private List<CallId> calls() {
        return site
                .store()
                .calls()
                .list(new CallFilter(null, null, null, null, false, null, 100))
                .stream()
                .map(call -> call.id())
                .toList();
    }

    private long bodies() {
        return calls().stream().filter(id -> site.store().bodies().find(id).isPresent()).count();
    }

    private Usd cost(Instant since, Instant until) {
        return site
                .store()
                .usage()
                .groups(new UsageQuery(since, until, List.of(), null, null, null))
                .stream()
                .map(UsageGroup::cost)
                .reduce(Usd.ZERO, Usd::plus);
    }

    @Test
    void keepsAllForEverUnlessItIsTold() {
        keepFor(0, 0);
        assertThat(calls()).hasSize(DAYS);
        assertThat(bodies()).isEqualTo(DAYS);
    }

    @Test
    void forgetsWhoseResponsesWereThatOpenAiHasLongForgotten() {
        OwnedObjects ownedObjects = site.store().objects();
        ownedObjects.record(
                List.of(
                        new ObjectReference("id", ObjectKind.RESPONSE, "resp_1"),
                        new ObjectReference("id", ObjectKind.ITEM, "msg_1"),
                        new ObjectReference("id", ObjectKind.COMPLETION, "chatcmpl-1"),
                        new ObjectReference("id", ObjectKind.FILE, "file-1")),
                OwnedObjects.Owner.of(alice));
        site.clock().advance(Duration.ofDays(59));
        keepFor(0, 0);
        assertThat(ownedObjects.ownerOf("resp_1")).isPresent();
        site.clock().advance(Duration.ofDays(2));
        keepFor(0, 0);
        assertThat(List.of("resp_1", "msg_1", "chatcmpl-1"))
                .allSatisfy(id -> assertThat(ownedObjects.ownerOf(id)).isEmpty());
        assertThat(ownedObjects.ownerOf("file-1")).isPresent();
    }

    @Test
    void deletesBodiesWhoseTimeIsOver() {
        keepFor(3, 0);
        assertThat(calls()).hasSize(DAYS);
        assertThat(bodies()).isEqualTo(4);
    }

    @Test
    void deletesCallsByWholeDaysWithTheirBodies() {
        keepFor(0, 3);
        assertThat(calls()).hasSize(4);
        assertThat(bodies()).isEqualTo(4);
    }

    @Test
    void reportsAndBalancesStayAsTheyWere() {
        keepFor(0, 2);
        Instant end = NOON.plus(Duration.ofDays(DAYS));
        assertThat(cost(Instant.EPOCH, end)).isEqualTo(Usd.parse("2.5"));
        assertThat(cost(NOON.minus(Duration.ofDays(1)), NOON.plus(Duration.ofDays(1))))
                .as("whole days of those that are gone")
                .isEqualTo(Usd.parse("0.5"));
        site.store().quotas().change("everyone", limits -> monthly(), ADMIN);
        assertThat(site.store().quotas().find("everyone").orElseThrow().spent())
                .as("a new period, whose spending is counted anew")
                .isEqualTo(Usd.parse("2.5"));
        assertTheBooksBalance();
    }

    private static AccountLimits monthly() {
        return new AccountLimits(Usd.parse("100"), QuotaPeriod.MONTH, null, null, null);
    }

    @Test
    void keepsADayWhoseCallIsStillHeld() {
        site.clock().moveTo(NOON.plus(Duration.ofDays(DAYS)));
        CallId open = held();
        site.clock().advance(Duration.ofDays(30));
        keepFor(0, 1);
        assertThat(calls()).containsExactly(open);
        site.store().ledger().end(SampleBills.release(open, site.clock().instant()));
        keepFor(0, 1);
        assertThat(calls()).isEmpty();
    }

    @Test
    void deletesACorrectionWithItsCall() {
        CallId first = calls().getLast();
        correct(first, "1");
        correct(first, "-1");
        keepFor(0, 9);
        assertThat(calls()).hasSize(DAYS + 2);
        site.clock().advance(Duration.ofDays(1));
        keepFor(0, 9);
        assertThat(calls()).hasSize(DAYS - 1).doesNotContain(first);
    }

    private void correct(CallId call, String usd) {
        Calls.Correction correction =
                new Calls.Correction(
                        site.nextId(), call, Usd.parse(usd), "why", site.clock().instant());
        assertThat(site.store().calls().correct(correction, ADMIN)).isPresent();
    }

    @Test
    void booksNothingBeforeTheHorizonWhenTheClockStepsBack() {
        site.clock().advance(Duration.ofDays(30));
        keepFor(0, 1);
        assertThat(calls()).isEmpty();
        site.clock().moveTo(NOON);
        site.restart();
        site.store().ledger().end(SampleBills.release(held(), site.clock().instant()));
        assertTheBooksBalance();
    }

    @Test
    void theAuditFindsWhatSomebodyHasChangedOfDaysThatAreGone() {
        keepFor(0, 2);
        site.sql("UPDATE usage_by_day SET cost_nanos = cost_nanos + 1 WHERE day < 20760");
        assertThat(site.store().audit().run().findings())
                .extracting(AuditFinding::rule)
                .contains("spent is the sum of the period's charges");
    }
}
