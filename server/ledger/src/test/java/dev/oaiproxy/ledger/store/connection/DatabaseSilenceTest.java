package dev.oaiproxy.ledger.store.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.metrics.Metrics;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.SqlCallback;
import dev.oaiproxy.ledger.store.sql.Sqlite;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers who wait for a database that is slow, and for one that is silent. */
@Timeout(120)
@Tag("database")
final class DatabaseSilenceTest {
    private static final Duration PATIENCE = Duration.ofMillis(50);

    /** More than are committed together. */
    private static final int CALLERS = 1_000;

    private final AtomicLong nanos = new AtomicLong();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    @TempDir Path folder;
    private Database database;
    private Writer writer;

    @BeforeEach
    void open() {
        database = Database.file(folder.resolve("test.db"));
        new Migrations(database).run();
        writer =
                new Writer(
                        this::connection,
                        Sqlite.DIALECT,
                        silence(),
                        new DatabaseHealth(database),
                        new Metrics());
    }

    @AfterEach
    void close() {
        end.countDown();
        writer.close();
        threads.close();
    }

    @Test
    void nobodyIsRefusedWhileEachCommitEnds() throws Exception {
        Future<String> first = threads.submit(() -> writer.write(this::occupied));
        begun.await();
        List<Future<String>> burst = burst();
        end.countDown();
        assertThat(first.get()).isEqualTo("done");
        for (Future<String> outcome : burst) {
            assertThat(outcome.get()).isEqualTo("done");
        }
        // The statements waited for longer than the limit for a silent database.
        assertThat(Duration.ofNanos(nanos.get())).isGreaterThan(PATIENCE.multipliedBy(2));
    }

    @Test
    void nobodyIsRefusedWhileALongCommitGoesOn() throws Exception {
        Future<String> first = threads.submit(() -> writer.write(this::occupied));
        begun.await();
        List<Future<String>> together = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            together.add(threads.submit(() -> patient(() -> writer.write(this::watched))));
        }
        while (writer.waiting() < together.size()) {
            Thread.onSpinWait();
        }
        end.countDown();
        assertThat(first.get()).isEqualTo("done");
        for (Future<String> outcome : together) {
            assertThat(outcome.get()).isEqualTo("done");
        }
    }

    @Test
    void allAreRefusedWhileACommitHangs() throws Exception {
        Future<String> first = threads.submit(() -> patient(() -> writer.write(this::occupied)));
        begun.await();
        List<Future<String>> burst = burst();
        nanos.addAndGet(PATIENCE.multipliedBy(2).toNanos());
        assertThat(first.get()).isEqualTo("refused");
        for (Future<String> outcome : burst) {
            assertThat(outcome.get()).isEqualTo("refused");
        }
        // A later caller measures the silence anew.
        end.countDown();
        assertThat(writer.<String>write(this::quick)).isEqualTo("done");
    }

    @Test
    void nobodyWaitsForEverHoweverLivelyTheDatabase() throws Exception {
        DatabaseSilence databaseSilence = silence();
        CompletableFuture<String> never = new CompletableFuture<>();
        Future<?> lively = threads.submit(() -> talk(databaseSilence));
        assertThatThrownBy(() -> databaseSilence.await(never, PATIENCE.toMillis()))
                .isInstanceOf(TimeoutException.class);
        end.countDown();
        lively.get();
    }

    @Test
    void aWaitThatCannotBeMeasuredEndsAloneAndRaisesAnAlarm() {
        CompletableFuture<String> broken = new CompletableFuture<>();
        WaitWatch.enter(
                new WaitWatch.Wait(
                        broken,
                        () -> {
                            throw new IllegalStateException("a clock that fails");
                        }));
        assertThatThrownBy(broken::get).hasCauseInstanceOf(TimeoutException.class);
        CompletableFuture<String> next = new CompletableFuture<>();
        WaitWatch.enter(new WaitWatch.Wait(next, () -> true));
        assertThatThrownBy(next::get).hasCauseInstanceOf(TimeoutException.class);
        assertThat(Alarms.counts()).containsKey("task_failed");
    }

    @Test
    void readersWaitForOneAnother() throws Exception {
        try (ReaderThreads readerThreads =
                new ReaderThreads(this::connection, Sqlite.DIALECT, 1, silence())) {
            Future<String> first = threads.submit(() -> readerThreads.read(this::occupied));
            begun.await();
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                SqlCallback<String> query = i % 100 == 0 ? this::slow : this::quick;
                all.add(threads.submit(() -> patient(() -> readerThreads.read(query))));
            }
            end.countDown();
            assertThat(first.get()).isEqualTo("done");
            for (Future<String> outcome : all) {
                assertThat(outcome.get()).isEqualTo("done");
            }
        }
    }

    private List<Future<String>> burst() {
        List<Future<String>> outcomes = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            SqlCallback<String> query = i % 100 == 0 ? this::slow : this::quick;
            outcomes.add(threads.submit(() -> patient(() -> writer.write(query))));
        }
        while (writer.waiting() < CALLERS) {
            Thread.onSpinWait();
        }
        return outcomes;
    }

    private DatabaseSilence silence() {
        return new DatabaseSilence(PATIENCE.toMillis(), nanos::get);
    }

    private Tx connection() throws java.sql.SQLException {
        Tx tx = Tx.alone(database, Duration.ofSeconds(10));
        tx.begin();
        return tx;
    }

    private String occupied(Tx tx) {
        begun.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return "done";
    }

    private String quick(Tx tx) {
        return "done";
    }

    /** Takes a part of the limit for a silence. */
    private String slow(Tx tx) {
        nanos.addAndGet(PATIENCE.toNanos() / 4);
        return "done";
    }

    /** Takes half of the limit, and lasts until the thread that ends waits has looked at all. */
    private String watched(Tx tx) {
        nanos.addAndGet(PATIENCE.toNanos() / 2);
        CountDownLatch looks = new CountDownLatch(3);
        WaitWatch.Wait spy =
                new WaitWatch.Wait(
                        new CompletableFuture<>(),
                        () -> {
                            looks.countDown();
                            return false;
                        });
        WaitWatch.enter(spy);
        try {
            looks.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            WaitWatch.leave(spy);
        }
        return "done";
    }

    /** Answers again and again, each time in time. */
    private void talk(DatabaseSilence databaseSilence) {
        while (end.getCount() > 0) {
            nanos.addAndGet(PATIENCE.toNanos() / 4);
            databaseSilence.heard();
        }
    }

    private interface Question {
        String ask();
    }

    private static String patient(Question question) {
        try {
            return question.ask();
        } catch (StoreException e) {
            return "refused";
        }
    }
}
