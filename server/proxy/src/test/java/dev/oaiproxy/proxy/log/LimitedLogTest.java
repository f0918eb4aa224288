package dev.oaiproxy.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rate of log lines about repeated events. */
@Tag("fast")
final class LimitedLogTest {
    private static final Instant START = Instant.parse("2026-11-30T12:00:00Z");

    private Instant now = START;
    private final LimitedLog log = new LimitedLog(() -> now);
    private final List<String> lines = new ArrayList<>();

    @Test
    void writesTheFirstAtOnceAndTheRestASecondLater() {
        happen("a", 500);
        assertThat(lines).containsExactly("a x1 0");
        after(999);
        log.flush();
        assertThat(lines).hasSize(1);
        after(1);
        log.flush();
        assertThat(lines).containsExactly("a x1 0", "a x499 0");
        after(5_000);
        log.flush();
        assertThat(lines).hasSize(2);
    }

    @Test
    void countsSinceTheFirstThatWasNotWritten() {
        happen("a", 1);
        after(300);
        happen("a", 2);
        after(700);
        happen("a", 1);
        assertThat(lines).containsExactly("a x1 0", "a x3 300");
    }

    @Test
    void hasALineForEachSubject() {
        happen("a", 2);
        happen("b", 3);
        log.close();
        assertThat(lines).containsExactly("a x1 0", "b x1 0", "a x1 0", "b x2 0");
    }

    @Test
    void countsBeyondItsBoundTogether() {
        for (int i = 0; i < 3 * LimitedLog.MOST_SUBJECTS; i++) {
            happen("subject " + i, 1);
        }
        assertThat(lines).hasSize(LimitedLog.MOST_SUBJECTS + 1);
        log.close();
        assertThat(lines).hasSize(LimitedLog.MOST_SUBJECTS + 2);
        assertThat(lines.getLast()).contains("x" + (2 * LimitedLog.MOST_SUBJECTS - 1));
        after(1_000);
        log.flush();
        happen("new", 1);
        assertThat(lines.getLast()).startsWith("new x1");
    }

    @Test
    void writesOnAfterTheClockWasSetBack() {
        happen("a", 1);
        now = START.minusSeconds(3_600);
        happen("a", 1);
        assertThat(lines).hasSize(2);
    }

    @Test
    void losesNoneOfManyAtOnce() {
        AtomicLong sum = new AtomicLong();
        LimitedLog live = new LimitedLog(InstantSource.system());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1_000; i++) {
                threads.execute(() -> live.add("a", (count, _) -> sum.addAndGet(count)));
            }
        }
        live.close();
        assertThat(sum).hasValue(1_000);
    }

    private void happen(String subject, int times) {
        for (int i = 0; i < times; i++) {
            log.add(
                    subject,
                    (count, since) ->
                            lines.add(
                                    subject
                                            + " x"
                                            + count
                                            + " "
                                            + Duration.between(START, since).toMillis()));
        }
    }

    private void after(long millis) {
        now = now.plusMillis(millis);
    }
}
