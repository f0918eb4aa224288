package dev.oaiproxy.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.http.BadRequestException;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Log records of the HTTP server about clients' errors. */
@Isolated("it listens to a logger")
@Tag("fast")
final class ClientErrorLogTest {
    private static final Logger OURS = Logger.getLogger("dev.oaiproxy.server.http");

    private final List<LogRecord> written = new ArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord record) {
                    written.add(record);
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
    private final LimitedLog limited = new LimitedLog(() -> Instant.EPOCH);
    private final ClientErrorLog errors = new ClientErrorLog(limited);

    @BeforeEach
    void listen() {
        OURS.addHandler(handler);
        OURS.setLevel(Level.ALL);
    }

    @AfterEach
    void leave() {
        OURS.removeHandler(handler);
        OURS.setLevel(null);
    }

    @Test
    void countsWhatAClientHasCausedWithoutItsWords() {
        RuntimeException odd = new BadRequestException("Bearer s3cret");
        RuntimeException gone = new UncheckedIOException("the body", new EOFException());
        for (int i = 0; i < 50; i++) {
            assertThat(errors.isLoggable(record(odd))).isFalse();
            assertThat(errors.isLoggable(record(gone))).isFalse();
        }
        limited.close();
        assertThat(written).hasSize(4).allMatch(record -> record.getThrown() == null);
        assertThat(text()).contains("kind=BadRequestException count=49").doesNotContain("s3cret");
    }

    @Test
    void keepsTheTraceOfAnErrorOfOurOwn() {
        for (int i = 0; i < 50; i++) {
            RuntimeException wrapped = new BadRequestException("odd", bug());
            assertThat(errors.isLoggable(record(wrapped))).isFalse();
        }
        limited.close();
        assertThat(written).hasSize(2).allMatch(r -> r.getThrown() instanceof NullPointerException);
        assertThat(text()).contains("event=unexpected_error count=49");
    }

    @Test
    void letsPassWhatWasAskedFor() {
        LogRecord debug = new LogRecord(Level.FINE, "socket closed");
        assertThat(errors.isLoggable(debug)).isTrue();
        assertThat(written).isEmpty();
    }

    private static RuntimeException bug() {
        return new NullPointerException("ours");
    }

    private static LogRecord record(Throwable thrown) {
        LogRecord record = new LogRecord(Level.WARNING, "Internal server error");
        record.setLoggerName("io.helidon.webserver.http1.Http1Connection");
        record.setThrown(thrown);
        return record;
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        written.forEach(record -> text.append(new LineFormatter().format(record)));
        return text.toString();
    }
}
