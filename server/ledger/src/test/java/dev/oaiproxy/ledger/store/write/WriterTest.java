package dev.oaiproxy.ledger.store.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.OneCommit;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.sql.SqlCallback;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.table.Keys;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work that is committed together and yet succeeds and fails apart. */
@OnEveryDialect
class WriterTest {
    private static final String USER = "INSERT INTO users (id, name, created_ms) VALUES (?, ?, 0)";
    private static final int WRITERS = 40;
    private static final Usd CENT = Usd.parse("0.01");

    private final TestDatabase database;
    @TempDir Path folder;
    private LedgerFixture ledger;

    WriterTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() {
        ledger =
                new LedgerFixture(
                        database, folder, ZoneOffset.UTC, Instant.parse("2026-11-23T12:00:00Z"));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void keepsTheFailureOfOneFromTheOthersOfItsCommit() throws Exception {
        List<Callable<String>> callers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int number = i;
            callers.add(() -> ledger.store().writer().write(tx -> work(tx, number)));
        }
        List<Future<String>> outcomes = OneCommit.of(ledger.store(), callers);
        for (int i = 0; i < WRITERS; i++) {
            assertThat(outcome(outcomes.get(i))).as("writer %d", i).isEqualTo(expected(i));
        }
        // Only the work of every fifth stays: the others failed behind their first statement.
        assertThat(ids()).hasSize(WRITERS / 5).allMatch(id -> (id - 1000) % 5 == 0);
    }

    @Test
    void tellsAnErrorToItsCallerAndDoesTheNext() {
        Writer writer = ledger.store().writer();
        SqlCallback<Integer> failing =
                tx -> {
                    tx.update(USER, 1000, "lost");
                    throw new OutOfMemoryError("played");
                };
        assertThatThrownBy(() -> writer.write(failing)).isInstanceOf(StoreException.class);
        assertThat(writer.<Integer>write(tx -> tx.update(USER, 1001, "kept"))).isEqualTo(1);
        assertThat(ids()).containsExactly(1001L);
    }

    @Test
    void knowsThatWhatFailedBeforeItsCommitIsUndone() {
        SqlCallback<Integer> failing =
                tx -> {
                    tx.update(USER, 1000, "lost");
                    throw new java.sql.SQLException("played");
                };
        assertThatThrownBy(() -> ledger.store().writer().write(failing))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.isUndone()).isTrue());
        assertThat(ids()).isEmpty();
    }

    @Test
    void tellsAnInterruptedCallerWhatCameOfItsWork() {
        Thread.currentThread().interrupt();
        int rows = ledger.store().writer().write(tx -> tx.update(USER, 1000, "kept"));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(rows).isEqualTo(1);
    }

    @Test
    void keepsAHoldThatTheDatabaseDoesNotTakeFromTheOthersOfItsCommit() throws Exception {
        Key key = key();
        CallId taken = ledger.nextId();
        assertThat(admit(key, taken)).isInstanceOf(Admission.Granted.class);
        List<CallId> ids = List.of(ledger.nextId(), taken, ledger.nextId());
        List<Callable<Admission>> callers = new ArrayList<>();
        ids.forEach(id -> callers.add(() -> admit(key, id)));
        List<Admission> outcomes = new ArrayList<>();
        for (Future<Admission> outcome : OneCommit.of(ledger.store(), callers)) {
            outcomes.add(outcome.get());
        }
        assertThat(outcomes.get(0)).isInstanceOf(Admission.Granted.class);
        assertThat(outcomes.get(1)).isInstanceOf(Admission.Unavailable.class);
        assertThat(outcomes.get(2)).isInstanceOf(Admission.Granted.class);
        assertThat(ledger.store().quotas().find("everyone").orElseThrow().held())
                .isEqualTo(CENT.plus(CENT).plus(CENT));
        assertThat(ledger.store().audit().run().findings()).isEmpty();
    }

    @Test
    void readsAnAccountAnewThatSomebodyElseHasChanged() {
        assumeTrue(database != TestDatabase.SQLITE, "nobody else writes to a locked file");
        Key key = key();
        AtomicInteger runs = new AtomicInteger();
        Usd free =
                ledger.store()
                        .writer()
                        .transact(
                                transaction -> {
                                    UnitOfWork unitOfWork = transaction.unitOfWork();
                                    Account account = unitOfWork.accounts(Payers.of(key)).get(1);
                                    if (runs.incrementAndGet() == 1) {
                                        ledger.sql(
                                                "UPDATE accounts SET limit_nanos = 90000000"
                                                        + " WHERE id = "
                                                        + account.id());
                                    }
                                    Account after = account.holdOwed(CENT.nanos());
                                    unitOfWork.change(after);
                                    return Usd.ofNanos(after.freeNanos());
                                });
        assertThat(runs).hasValue(2);
        assertThat(free).isEqualTo(Usd.parse("0.08"));
        assertThat(ledger.store().quotas().find("user:alice").orElseThrow().held()).isEqualTo(CENT);
    }

    @Test
    void refusesPlainStatementsThatAnUnflushedChangeStandsInTheWayOf() {
        Key key = key();
        assertUnflushed(key, tx -> tx.number("SELECT held_nanos FROM accounts WHERE id = 1"));
        assertUnflushed(key, tx -> (long) tx.update(USER, 1000, "lost"));
        assertThat(ids()).isEmpty();
        assertThat(ledger.store().quotas().find("everyone").orElseThrow().held())
                .isEqualTo(Usd.ZERO);
    }

    private void assertUnflushed(Key key, SqlCallback<Long> statement) {
        TransactionCallback<Long> work =
                transaction -> {
                    hold(transaction, key);
                    return statement.run(transaction.sql());
                };
        assertThatThrownBy(() -> ledger.store().writer().transact(work))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the unit of work is not flushed");
    }

    @Test
    void refusesAChangeOfRowsThatTheUnitOfWorkHasRead() {
        Key key = key();
        TransactionCallback<Integer> work =
                transaction -> {
                    transaction.unitOfWork().accounts(Payers.of(key));
                    return transaction.sql().update("UPDATE accounts SET rpm = 7 WHERE id = 1");
                };
        assertThatThrownBy(() -> ledger.store().writer().transact(work))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("flush it first");
    }

    @Test
    void showsWhatWasFlushedToPlainStatements() {
        Key key = key();
        long held =
                ledger.store()
                        .writer()
                        .transact(
                                transaction -> {
                                    hold(transaction, key);
                                    transaction.flush();
                                    transaction.sql().update(USER, 1000, "kept");
                                    return transaction
                                            .sql()
                                            .number("SELECT held_nanos FROM accounts WHERE id = 1");
                                });
        assertThat(held).isEqualTo(CENT.nanos());
        assertThat(ids()).containsExactly(1000L);
    }

    private static void hold(Transaction transaction, Key key) throws java.sql.SQLException {
        UnitOfWork unitOfWork = transaction.unitOfWork();
        for (Account account : unitOfWork.accounts(Payers.of(key))) {
            unitOfWork.change(account.holdOwed(CENT.nanos()));
        }
    }

    private Key key() {
        KeySettings terms = new KeySettings("alice", "", List.of(), null, AccountLimits.NONE);
        Keys keys = ledger.store().keys();
        return keys.find(keys.create(terms, new Actor("admin", "test")).id()).orElseThrow();
    }

    private Admission admit(Key key, CallId id) {
        Instant now = ledger.clock().instant();
        return ledger.store()
                .ledger()
                .admit(
                        new HoldRequest(
                                id, key, "chat", SampleBills.MODEL, CENT, 100, now, "test.1"));
    }

    /** Each writes a row; four of five then go wrong in their own ways. */
    private String work(Tx tx, int i) throws java.sql.SQLException {
        tx.update(USER, 1000 + i, "user-" + i);
        return switch (i % 5) {
            case 0 -> "done";
            case 1 -> Integer.toString(tx.update(USER, 1000 + i, "the same id again"));
            case 2 -> throw new IllegalArgumentException("refused");
            case 3 -> throw new Transaction.Rollback("undone");
            default -> Integer.toString(tx.update("INSERT INTO nowhere VALUES (1)"));
        };
    }

    private static String expected(int i) {
        return switch (i % 5) {
            case 0 -> "done";
            case 2 -> "IllegalArgumentException";
            case 3 -> "undone";
            default -> "StoreException";
        };
    }

    private static String outcome(Future<String> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause()).replaceAll("(.*\\.)?(\\w+Exception):.*", "$2");
        }
    }

    private List<Long> ids() {
        return ledger.store()
                .writer()
                .write(
                        tx ->
                                tx.list(
                                        "SELECT id FROM users WHERE id >= 1000",
                                        row -> row.getLong(1)));
    }
}
