package dev.oaiproxy.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

    private final TestDatabase database;
    @TempDir Path folder;
    private Installation ledger;

    WriterTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() {
        ledger =
                new Installation(
                        database, folder, ZoneOffset.UTC, Instant.parse("2026-11-23T12:00:00Z"));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void keepsTheFailureOfOneFromTheOthersOfItsCommit() throws Exception {
        List<Future<String>> outcomes = together(this::work);
        for (int i = 0; i < WRITERS; i++) {
            assertThat(outcome(outcomes.get(i + 1))).as("writer %d", i).isEqualTo(expected(i));
        }
        // Only the work of every fifth stays: the others failed behind their first statement.
        assertThat(ids()).hasSize(WRITERS / 5).allMatch(id -> (id - 1000) % 5 == 0);
    }

    @Test
    void tellsAnErrorToItsCallerAndDoesTheNext() {
        Writer writer = ledger.store().writer();
        Work<Integer> failing =
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
        Work<Integer> failing =
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

    /** Each writes a row; four of five then go wrong in their own ways. */
    private String work(Tx tx, int i) throws java.sql.SQLException {
        tx.update(USER, 1000 + i, "user-" + i);
        return switch (i % 5) {
            case 0 -> "done";
            case 1 -> Integer.toString(tx.update(USER, 1000 + i, "the same id again"));
            case 2 -> throw new IllegalArgumentException("refused");
            case 3 -> throw new Work.Undo("undone");
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

    private interface Numbered {
        String run(Tx tx, int number) throws java.sql.SQLException;
    }

    /** Has the work of many callers wait while the writer is busy, so that it is one commit. */
    private List<Future<String>> together(Numbered work) throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        AtomicInteger waiting = new AtomicInteger();
        List<Future<String>> outcomes = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            outcomes.add(callers.submit(() -> ledger.store().writer().write(tx -> await(busy))));
            for (int i = 0; i < WRITERS; i++) {
                int number = i;
                outcomes.add(
                        callers.submit(
                                () -> {
                                    waiting.incrementAndGet();
                                    return ledger.store()
                                            .writer()
                                            .write(tx -> work.run(tx, number));
                                }));
            }
            while (waiting.get() < WRITERS) {
                Thread.onSpinWait();
            }
            busy.countDown();
        }
        return outcomes;
    }

    private static String await(CountDownLatch latch) {
        try {
            latch.await();
            return "first";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
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
