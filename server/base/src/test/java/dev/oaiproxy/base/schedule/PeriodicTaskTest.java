package dev.oaiproxy.base.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("fast")
@Timeout(60)
final class PeriodicTaskTest {
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ofDays(1);

    @Test
    void goesOnAfterExceptionsAndErrors() throws Exception {
        BlockingQueue<Integer> rounds = new LinkedBlockingQueue<>();
        AtomicInteger count = new AtomicInteger();
        Runnable failing =
                () -> {
                    int round = count.incrementAndGet();
                    rounds.add(round);
                    switch (round) {
                        case 1 -> throw new IllegalStateException("played");
                        case 2 -> throw new StackOverflowError("played");
                        case 3 -> throw new NoClassDefFoundError("played");
                        default -> {}
                    }
                };
        try (PeriodicTask _ = PeriodicTask.start("failing", SOON, failing)) {
            for (int round = 1; round <= 4; round++) {
                assertThat(rounds.take()).isEqualTo(round);
            }
        }
    }

    @Test
    void countsTheAgeOfATaskFromItsLastSuccess() throws Exception {
        BlockingQueue<Double> ages = new LinkedBlockingQueue<>();
        AtomicInteger count = new AtomicInteger();
        Runnable failing =
                () -> {
                    ages.add(PeriodicTask.ages().getOrDefault("aging", -1.0));
                    if (count.incrementAndGet() > 1) {
                        throw new IllegalStateException("played");
                    }
                };
        try (PeriodicTask _ = PeriodicTask.start("aging", SOON, failing)) {
            double _ = ages.take();
            double second = ages.take();
            double third = ages.take();
            assertThat(ages.take()).isGreaterThan(third);
            assertThat(third).isGreaterThan(second);
            assertThat(second).isNotNegative();
        }
        assertThat(PeriodicTask.ages()).doesNotContainKey("aging");
    }

    @Test
    void beginsARoundAtOnceWhenHurried() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (PeriodicTask periodicTask = PeriodicTask.start("hurried", NEVER, begun::countDown)) {
            periodicTask.runNow();
            begun.await();
        }
    }

    @Test
    void runsOnceMoreHoweverOftenItIsAskedDuringARun() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        Runnable counting =
                () -> {
                    if (runs.incrementAndGet() == 1) {
                        begun.countDown();
                        await(end);
                    }
                };
        CountDownLatch second = new CountDownLatch(2);
        PeriodicTask task =
                PeriodicTask.start(
                        "asked",
                        NEVER,
                        () -> {
                            counting.run();
                            second.countDown();
                        });
        task.runNow();
        begun.await();
        for (int i = 0; i < 5; i++) {
            task.runNow();
        }
        end.countDown();
        second.await();
        task.close();
        task.awaitEnd();
        assertThat(runs).hasValue(2);
        task.runNow();
        assertThat(runs).hasValue(2);
    }

    @Test
    void isOverdueWhileARoundHangs() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Runnable hanging =
                () -> {
                    begun.countDown();
                    await(end);
                };
        PeriodicTask periodicTask = PeriodicTask.start("hanging", SOON, hanging);
        try {
            begun.await();
            assertThat(PeriodicTask.overdue()).doesNotContain("hanging");
            assertThat(PeriodicTask.overdue(System.nanoTime() + Duration.ofMinutes(3).toNanos()))
                    .contains("hanging");
        } finally {
            end.countDown();
            periodicTask.close();
        }
        periodicTask.awaitEnd();
        assertThat(PeriodicTask.overdue(System.nanoTime() + NEVER.toNanos()))
                .doesNotContain("hanging");
    }

    @Test
    void isNotOverdueBeforeSeveralOfItsPeriods() {
        try (PeriodicTask _ = PeriodicTask.start("rare", NEVER, () -> {})) {
            assertThat(PeriodicTask.overdue(System.nanoTime() + NEVER.toNanos()))
                    .doesNotContain("rare");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
