package dev.oaiproxy.ledger.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallFilter;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.ledger.UsageGroup;
import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.OnEveryDatabase;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.table.AdminEvents;
import dev.oaiproxy.ledger.store.table.Keys;
import io.helidon.dbclient.DbClient;
import io.helidon.dbclient.DbClientException;
import io.helidon.dbclient.DbRow;
import io.helidon.dbclient.DbStatementQuery;
import io.helidon.dbclient.jdbc.JdbcClientBuilder;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnEveryDatabase
final class DbQueriesTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Actor ADMIN = new Actor("admin", "test");
    private static final String ALL_TYPES =
            """
            SELECT a.id, a.scope, a.active, a.limit_nanos,
                (SELECT SUM(x.id) FROM accounts x) AS total,
                (SELECT COUNT(*) FROM accounts x) AS rows_there
            FROM accounts a WHERE a.scope <> ? ORDER BY a.id
            """;

    private final TestDatabase kind;
    @TempDir Path folder;
    private LedgerFixture ledger;

    DbQueriesTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void open() {
        ledger = new LedgerFixture(kind, folder, ZoneOffset.UTC, NOON);
        ledger.store()
                .keys()
                .create(new KeySettings("alice", "", List.of(), null, AccountLimits.NONE), ADMIN);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Tx connect() throws SQLException {
        Tx tx = Tx.alone(ledger.database(), Duration.ofSeconds(5));
        tx.begin();
        return tx;
    }

    private static List<Object> row(DbRow row) {
        return List.of(
                DbQueries.number(row, "id"),
                row.column("scope").getString(),
                DbQueries.number(row, "active"),
                row.column("limit_nanos").getString(),
                DbQueries.number(row, "total"),
                DbQueries.number(row, "rows_there"));
    }

    @Test
    void readsEachTypeOfColumnAsPlainJdbcDoes() throws SQLException {
        try (Tx tx = connect()) {
            List<List<Object>> plain =
                    tx.list(
                            ALL_TYPES,
                            row ->
                                    List.of(
                                            row.getLong("id"),
                                            row.getString("scope"),
                                            row.getLong("active"),
                                            row.getString("limit_nanos"),
                                            row.getLong("total"),
                                            row.getLong("rows_there")),
                            "everyone");
            assertThat(plain).hasSize(2);
            assertThat(tx.query(ALL_TYPES, DbQueriesTest::row, "everyone")).isEqualTo(plain);
        }
    }

    @Test
    void readsWhatOperatorsSee() {
        assertThat(ledger.store().keys().users())
                .containsExactly(new Keys.User("alice", NOON, true, 1));
        assertThat(ledger.store().trail().list(null, 5))
                .extracting(AdminEvents.Entry::actor)
                .containsExactly(ADMIN);
        assertThat(ledger.store().calls().list(filter(CallState.CHARGED))).isEmpty();
        UsageQuery minute = new UsageQuery(NOON, NOON.plusSeconds(60), List.of(), null, null, null);
        assertThat(ledger.store().usage().groups(minute))
                .extracting(UsageGroup::calls)
                .containsExactly(0L);
    }

    private static CallFilter filter(CallState state) {
        return new CallFilter("al\u0000ice", null, null, state, false, null, 5);
    }

    @Test
    void failsAsPlainJdbcDoes() throws SQLException {
        for (int i = 0; i < 3; i++) {
            try (Tx tx = connect()) {
                assertThatThrownBy(
                                () -> tx.query("SELECT nonsense FROM nowhere", DbQueriesTest::row))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e ->
                                        assertThat(ledger.database().dialect().errorScope(e))
                                                .isEqualTo(ErrorScope.STATEMENT));
            }
        }
    }

    /** The reason why DbClient gets connections that the caller closes. */
    @Test
    void dbClientLosesTheConnectionOfAStatementThatCannotBePrepared() {
        assumeTrue(kind == TestDatabase.SQLITE, "other drivers prepare on the server, later");
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(ledger.database().url());
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(250);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            DbClient client =
                    JdbcClientBuilder.create().connectionPool(() -> connection(pool)).build();
            assertThatThrownBy(() -> client.execute().query("SELECT nonsense FROM nowhere"))
                    .isInstanceOf(DbClientException.class);
            assertThatThrownBy(() -> client.execute().query("SELECT id FROM accounts"))
                    .as("no connection is left")
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private static Connection connection(HikariDataSource pool) {
        try {
            return pool.getConnection();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The reason why the audit, which reads all calls, and the copy do not use DbClient. */
    @Test
    void dbClientCannotBeToldToStreamRows() {
        assertThat(DbStatementQuery.class.getMethods())
                .extracting(Method::getName)
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("fetch"));
    }
}
