package dev.oaiproxy.ledger.store.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.AuditFinding;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Books that were tampered with do not pass. */
@OnEveryDialect
final class AuditTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Usd DOLLAR = Usd.parse("1");

    private final TestDatabase database;
    @TempDir Path folder;
    private LedgerFixture ledger;

    AuditTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() {
        ledger = new LedgerFixture(database, folder, ZoneOffset.UTC, NOON);
        KeySettings terms = new KeySettings("alice", "", List.of(), null, AccountLimits.NONE);
        Store store = ledger.store();
        Key key =
                store.keys()
                        .find(store.keys().create(terms, new Actor("admin", "test")).id())
                        .orElseThrow();
        store.ledger().end(SampleBills.charge(held(key), Usd.parse("0.25"), 100, NOON));
        store.ledger().end(SampleBills.estimate(held(key), DOLLAR, NOON));
        store.ledger().end(SampleBills.release(held(key), NOON));
        held(key);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private CallId held(Key key) {
        CallId id = ledger.nextId();
        ledger.store()
                .ledger()
                .admit(
                        new HoldRequest(
                                id, key, "chat", SampleBills.MODEL, DOLLAR, 0, NOON, "test.1"));
        return id;
    }

    private List<String> broken() {
        return ledger.store().audit().run().findings().stream().map(AuditFinding::rule).toList();
    }

    @Test
    void findsNothingInBooksThatBalance() {
        Audit.Report report = ledger.store().audit().run();
        assertThat(report.findings()).isEmpty();
        assertThat(report.calls()).isEqualTo(4);
        assertThat(report.charged()).isEqualTo(Usd.parse("1.25"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spent is the sum | UPDATE accounts SET spent_nanos = spent_nanos - 1 WHERE id = 1",
                "held is the sum | UPDATE accounts SET held_nanos = held_nanos + 1 WHERE id = 3",
                "the calls in flight | UPDATE accounts SET in_flight = 0 WHERE id = 2",
                "a call costs what | UPDATE calls SET cost_nanos = cost_nanos - 1 WHERE state = 1",
                "a call costs what | UPDATE calls SET lines = 'output=1@1' WHERE state = 1",
                "a call costs what | UPDATE calls SET cost_nanos = 5 WHERE state = 3",
                "a call costs what | UPDATE calls SET cost_nanos = 5 WHERE state = 2",
                "a call has ended | UPDATE calls SET ended_ms = 7 WHERE state = 0",
                "a call has a user | DELETE FROM api_keys",
                "a call has a user | UPDATE calls SET adjusts = 99 WHERE state = 1",
                "an account for every | DELETE FROM accounts WHERE id = 3",
                "the day's roll-up | UPDATE usage_by_day SET cost_nanos = cost_nanos + 1",
                "the day's roll-up | UPDATE usage_by_day SET calls = calls + 1",
                "every day has its | DELETE FROM usage_by_day",
                "the hour's roll-up | UPDATE usage_by_hour SET input_tokens = 0",
                "the hour's roll-up | UPDATE usage_by_hour SET held_nanos = held_nanos + 1",
                "the hour's roll-up | UPDATE usage_by_hour SET calls = 9 WHERE key_id = 0",
                "the hour's roll-up | UPDATE usage_by_hour SET hour = hour + 1000",
                "the hour's roll-up | UPDATE usage_by_hour SET hour = hour - 1000",
                "the day's roll-up | UPDATE usage_by_day SET day = day + 1000",
                "the day's roll-up | UPDATE usage_by_day SET day = day - 1000",
                "every hour has its | DELETE FROM usage_by_hour",
                "spent is the sum | DELETE FROM calls WHERE state = 3",
                "held is the sum | DELETE FROM calls WHERE state = 0"
            })
    void findsWhatSomebodyHasChanged(String rule, String change) {
        ledger.sql(change);
        assertThat(broken()).anySatisfy(found -> assertThat(found).startsWith(rule));
    }
}
