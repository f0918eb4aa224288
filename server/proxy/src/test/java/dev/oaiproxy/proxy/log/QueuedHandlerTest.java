package dev.oaiproxy.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lines that are written by another thread, and lines that must be there at once. */
@Tag("fast")
class QueuedHandlerTest {
    private final Target target = new Target();
    private final QueuedHandler handler = new QueuedHandler(target);

    /** Keeps what is written. */
    private static final class Target extends Handler {
        private final List<String> writes = new CopyOnWriteArrayList<>();

        Target() {
            setFormatter(new LineFormatter(LogFormat.TEXT, ZoneOffset.UTC));
        }

        @Override
        public void publish(LogRecord record) {
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
    void afterTheEndEachLineIsWrittenAtOnce() {
        handler.flush();
        log(Level.INFO, "late");
        assertThat(target.text()).endsWith("late\n");
    }
}
