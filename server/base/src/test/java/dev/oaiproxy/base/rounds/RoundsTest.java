package dev.oaiproxy.base.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RoundsTest {
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
        try (Rounds _ = Rounds.of("failing", SOON, failing)) {
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
                    ages.add(Rounds.ages().getOrDefault("aging", -1.0));
                    if (count.incrementAndGet() > 1) {
                        throw new IllegalStateException("played");
                    }
                };
        try (Rounds _ = Rounds.of("aging", SOON, failing)) {
            double _ = ages.take();
            double second = ages.take();
            double third = ages.take();
            assertThat(ages.take()).isGreaterThan(third);
            assertThat(third).isGreaterThan(second);
            assertThat(second).isNotNegative();
        }
        assertThat(Rounds.ages()).doesNotContainKey("aging");
    }

    @Test
    void beginsARoundAtOnceWhenHurried() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (Rounds rounds = Rounds.of("hurried", NEVER, begun::countDown)) {
            rounds.hurry();
            begun.await();
        }
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
        Rounds rounds = Rounds.of("hanging", SOON, hanging);
        try {
            begun.await();
            assertThat(Rounds.overdue()).doesNotContain("hanging");
            assertThat(Rounds.overdue(System.nanoTime() + Duration.ofMinutes(3).toNanos()))
                    .contains("hanging");
        } finally {
            end.countDown();
            rounds.close();
        }
        rounds.awaitEnd();
        assertThat(Rounds.overdue(System.nanoTime() + NEVER.toNanos())).doesNotContain("hanging");
    }

    @Test
    void isNotOverdueBeforeSeveralOfItsPeriods() {
        try (Rounds _ = Rounds.of("rare", NEVER, () -> {})) {
            assertThat(Rounds.overdue(System.nanoTime() + NEVER.toNanos())).doesNotContain("rare");
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
