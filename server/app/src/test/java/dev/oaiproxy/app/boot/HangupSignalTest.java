package dev.oaiproxy.app.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.oaiproxy.base.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SIGHUP makes the server reload its files; the test sends it to its own process. */
@Tag("fast")
final class HangupSignalTest {
    private static final long HANGUP = 1;

    /** True if the process was started to ignore SIGHUP, as by nohup. */
    private static boolean isIgnored() throws IOException {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return status.filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> line.substring("SigIgn:".length()).strip())
                    .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & HANGUP) != 0);
        }
    }

    @Test
    void readsAgainAndGoesOn() throws Exception {
        assumeFalse(isIgnored());
        CountDownLatch reloads = new CountDownLatch(2);
        HangupSignal.listen(
                reloads::countDown,
                () -> {
                    throw new AssertionError("stopped");
                });
        for (long i = reloads.getCount(); i > 0; i--) {
            String self = Long.toString(ProcessHandle.current().pid());
            assertThat(new ProcessBuilder("kill", "-HUP", self).start().waitFor()).isZero();
            long left = i - 1;
            Eventually.ask(reloads::getCount, count -> count == left);
        }
        assertThat(reloads.await(0, TimeUnit.SECONDS)).isTrue();
    }
}
