package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.connection.ConnectionPools;
import dev.oaiproxy.ledger.store.connection.DatabaseHealth;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A ledger whose database server breaks connections, or lets somebody lock. */
@OnEveryDatabase
@Timeout(120)
@Tag("slow")
final class ServerOutageTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Usd DOLLAR = Usd.parse("1");

    private static final String MYSQL_SESSIONS =
            "SELECT id FROM information_schema.processlist WHERE db = DATABASE()"
                    + " AND id <> CONNECTION_ID()";
    private static final Map<TestDatabase, String> SESSIONS =
            Map.of(
                    TestDatabase.POSTGRESQL,
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                            + " AND pid <> pg_backend_pid()",
                    TestDatabase.MARIADB,
                    MYSQL_SESSIONS,
                    TestDatabase.MYSQL,
                    MYSQL_SESSIONS,
                    TestDatabase.SQLSERVER,
                    "SELECT session_id FROM sys.dm_exec_sessions WHERE database_id = DB_ID()"
                            + " AND session_id <> @@SPID");

    private final TestDatabase kind;
    @TempDir Path folder;
    private LedgerFixture ledger;
    private Key key;

    ServerOutageTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void open() {
        assumeTrue(kind != TestDatabase.SQLITE, "a file has no server");
        ledger = new LedgerFixture(kind, folder, ZoneOffset.UTC, NOON);
        KeySettings terms = new KeySettings("alice", "k1", List.of(), null, AccountLimits.NONE);
        Actor admin = new Actor("admin", "test");
        key = ledger.store().keys().find(ledger.store().keys().create(terms, admin).id()).get();
    }

    @AfterEach
    void close() {
        if (ledger != null) {
            ledger.close();
        }
    }

    @Test
    void goesOnWithNewConnectionsWhenSomebodyKillsTheOldOnes() throws Exception {
        CallId id = admitted();
        for (long session : sessions()) {
            kill(session);
        }
        assertThat(ledger.store().keys().find(key.id())).isPresent();
        admitted();
        assertThat(charge(id)).isTrue();
        assertThat(ledger.store().calls().find(id).orElseThrow().bill().cost()).isEqualTo(DOLLAR);
        assertThat(ledger.store().audit().run().findings()).isEmpty();
    }

    @Test
    void refusesCallsAndKeepsChargesWhileAnotherHasTheLock() throws Exception {
        CallId first = admitted();
        try (Connection other = ledger.connect();
                Statement operator = other.createStatement()) {
            other.setAutoCommit(false);
            operator.execute(kind.lockForWriting());
            assertRefused();
            assertThat(charge(first)).isTrue();
            assertThat(ledger.store().isReady()).isFalse();
            other.rollback();
        }
        awaitAllEnded();
        assertThat(everyone().spent()).isEqualTo(DOLLAR);
        charge(admitted());
        awaitAllEnded();
    }

    @Test
    void whoStandsStillInATransactionLosesItAndTheLock() throws Exception {
        try (ConnectionPools connectionPools =
                        new ConnectionPools(
                                ledger.database(), new DatabaseHealth(ledger.database()));
                Tx frozen = connectionPools.forWriting().open()) {
            frozen.claim();
            frozen.update("UPDATE accounts SET spent_nanos = 99 WHERE id = 1");
            // The suspended node sends nothing more.
            Eventually.ask(ledger.store()::isReady, ready -> ready);
            charge(admitted());
            assertThatThrownBy(frozen::commit).isInstanceOf(SQLException.class);
        }
        awaitAllEnded();
        assertThat(everyone().spent()).isEqualTo(DOLLAR);
    }

    /** Asserts a refusal while the server is away: a caller that waited would wait for ever. */
    private void assertRefused() {
        assertThat(admit(ledger.nextId())).isInstanceOf(Admission.Unavailable.class);
    }

    /** The numbers of the ledger's own connections, as the server knows them. */
    private List<Long> sessions() throws Exception {
        try (Tx tx = Tx.alone(ledger.database(), ConnectionPools.LONG_SILENCE)) {
            List<Long> sessions = tx.list(SESSIONS.getOrDefault(kind, ""), row -> row.getLong(1));
            assertThat(sessions).hasSizeGreaterThan(1);
            return sessions;
        }
    }

    private void kill(long session) {
        ledger.sql(
                kind == TestDatabase.POSTGRESQL
                        ? "SELECT pg_terminate_backend(" + session + ")"
                        : "KILL " + session);
    }

    private CallId admitted() {
        CallId id = ledger.nextId();
        assertThat(admit(id)).isInstanceOf(Admission.Granted.class);
        return id;
    }

    private Admission admit(CallId id) {
        return ledger.store()
                .ledger()
                .admit(
                        new HoldRequest(
                                id, key, "chat", SampleBills.MODEL, DOLLAR, 0, NOON, "test.1"));
    }

    private boolean charge(CallId id) {
        return ledger.store().ledger().end(SampleBills.charge(id, DOLLAR, 0, NOON));
    }

    private AccountBalance everyone() {
        return ledger.store().quotas().find("everyone").orElseThrow();
    }

    private void awaitAllEnded() {
        Eventually.ask(ledger.store()::isReady, ready -> ready);
        Eventually.ask(() -> everyone().held(), Usd.ZERO::equals);
        assertThat(ledger.store().audit().run().findings()).isEmpty();
    }
}
