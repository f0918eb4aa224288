package dev.oaiproxy.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines that are written by another thread, and lines that must be there at once. */
@Tag("fast")
@Timeout(60)
class QueuedHandlerTest {
    private final Target target = new Target();
    private final QueuedHandler handler = new QueuedHandler(target);

    /** Keeps what is written, while its disk does not stand still. */
    private static final class Target extends Handler {
        private final List<String> writes = new CopyOnWriteArrayList<>();
        private volatile CountDownLatch disk = new CountDownLatch(0);

        Target() {
            setFormatter(new LineFormatter(LogFormat.TEXT, ZoneOffset.UTC));
        }

        @Override
        public void publish(LogRecord record) {
            try {
                disk.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            writes.add(getFormatter().format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        private String text() {
            return String.join("", writes);
        }
    }

    private void log(Level level, String message) {
        handler.publish(new LogRecord(level, message));
    }

    @Test
    void usualLinesAreWrittenTogetherAndInOrder() {
        for (int i = 0; i < 100; i++) {
            log(Level.INFO, "call=" + i);
        }
        handler.flush();
        assertThat(target.text().lines()).hasSize(100);
        assertThat(target.text().lines().toList().get(99)).endsWith(" call=99");
        assertThat(target.writes.size()).isLessThan(100);
    }

    @Test
    void aWarningIsWrittenAtOnceBehindTheLinesBeforeIt() {
        log(Level.INFO, "first");
        log(Level.WARNING, "second");
        assertThat(target.text().lines().map(line -> line.replaceAll(".* ", "")))
                .containsExactly("first", "second");
    }

    @Test
    void aDiskThatStandsStillCostsUsualLinesAndNoWarning() {
        long before = QueuedHandler.dropped();
        target.disk = new CountDownLatch(1);
        for (int i = 0; i < 50_000; i++) {
            log(Level.INFO, "call=" + i);
        }
        // Only the first of them waits.
        for (int i = 0; i < 100; i++) {
            log(Level.WARNING, "warning=" + i);
        }
        target.disk.countDown();
        handler.flush();
        List<String> lines = target.text().lines().toList();
        assertThat(lines.stream().filter(line -> line.contains(" warning="))).hasSize(100);
        long calls = lines.stream().filter(line -> line.contains(" call=")).count();
        assertThat(calls).isBetween(10_000L, 20_000L);
        long dropped = QueuedHandler.dropped() - before;
        assertThat(calls + dropped).isEqualTo(50_000);
        assertThat(told(lines)).isEqualTo(dropped);
    }

    private static long told(List<String> lines) {
        return lines.stream()
                .filter(line -> line.contains("event=log_lines_dropped"))
                .map(line -> line.replaceAll(".* count=([0-9]+) .*", "$1"))
                .mapToLong(Long::parseLong)
                .sum();
    }

    @Test
    void afterTheEndEachLineIsWrittenAtOnce() {
        handler.flush();
        log(Level.INFO, "late");
        assertThat(target.text()).endsWith("late\n");
    }
}
