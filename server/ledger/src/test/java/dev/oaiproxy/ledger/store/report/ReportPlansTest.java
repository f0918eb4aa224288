package dev.oaiproxy.ledger.store.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.ledger.ledger.CallFilter;
import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.ledger.UsageQuery.By;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.connection.ConnectionPools;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports find their rows by an index. On SQLite, whose plans do not depend on the rows. */
final class ReportPlansTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:34:56Z");

    @TempDir Path folder;
    private LedgerFixture ledger;

    @BeforeEach
    void open() {
        ledger = new LedgerFixture(TestDatabase.SQLITE, folder, ZoneOffset.UTC, NOON);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void findsEveryRowByAnIndex() throws SQLException {
        Instant end = NOON;
        for (By by : By.values()) {
            for (String user : new String[] {null, "alice"}) {
                UsageQuery query =
                        new UsageQuery(
                                NOON.minus(Duration.ofDays(40)),
                                end,
                                List.of(by),
                                user,
                                null,
                                null,
                                false);
                assertThat(plan(query)).as("%s", query).isNotEmpty().allSatisfy(this::isSearch);
            }
        }
        UsageQuery hours =
                new UsageQuery(
                        NOON.minus(Duration.ofDays(40)),
                        end,
                        List.of(By.HOUR, By.MODEL),
                        null,
                        null,
                        null);
        assertThat(plan(hours)).anyMatch(line -> line.contains("usage_by_hour_key (key_id=?"));
        UsageQuery own = new UsageQuery(Instant.EPOCH, end, List.of(By.MODEL), null, "id", null);
        assertThat(plan(own)).anyMatch(line -> line.contains("usage_by_day_key (key_id=?"));
    }

    private void isSearch(String line) {
        assertThat(line).doesNotContain("SCAN usage", "SCAN calls", "calls_user", "calls_key");
    }

    private List<String> plan(UsageQuery query) throws SQLException {
        try (Tx tx = Tx.alone(ledger.database(), ConnectionPools.LONG_SILENCE)) {
            UsageStatement statement = ledger.store().usage().statement(tx, query, 10);
            return plan(tx, statement.sql(), statement.values());
        }
    }

    private static List<String> plan(Tx tx, String sql, Object... values) throws SQLException {
        return tx.list("EXPLAIN QUERY PLAN " + sql, row -> row.getString("detail"), values);
    }

    @Test
    void readsAPageOfCallsInTheOrderOfAnIndex() throws SQLException {
        assertThat(plan(filter("alice", null)))
                .anyMatch(line -> line.contains("calls_user (user_id=? AND id<?)"))
                .noneMatch(line -> line.contains("TEMP B-TREE"));
        assertThat(plan(filter(null, "id")))
                .anyMatch(line -> line.contains("calls_key (key_id=? AND id<?)"))
                .noneMatch(line -> line.contains("TEMP B-TREE"));
        assertThat(plan(filter(null, null))).noneMatch(line -> line.contains("TEMP B-TREE"));
    }

    private CallFilter filter(@Nullable String user, @Nullable String key) {
        return new CallFilter(user, key, null, null, false, ledger.nextId(), 50);
    }

    private List<String> plan(CallFilter filter) throws SQLException {
        SqlCondition condition = Calls.condition(filter);
        try (Tx tx = Tx.alone(ledger.database(), ConnectionPools.LONG_SILENCE)) {
            return plan(tx, Calls.sql(condition), condition.argumentsWith(filter.limit()));
        }
    }

    @Test
    void refusesAReportThatWouldFillTheMemory() {
        ledger.sql(
                """
                INSERT INTO usage_by_day WITH RECURSIVE d(n) AS
                    (SELECT 1 UNION ALL SELECT n + 1 FROM d WHERE n < 50001)
                SELECT n, 2, 3, 'm', 'o', 1, 0, 0, 0, 0 FROM d
                """);
        Instant far = Instant.parse("2400-01-01T00:00:00Z");
        UsageQuery days = new UsageQuery(Instant.EPOCH, far, List.of(By.DAY), null, null, null);
        assertThatThrownBy(() -> ledger.store().usage().groups(days))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 50000 rows");
    }
}
