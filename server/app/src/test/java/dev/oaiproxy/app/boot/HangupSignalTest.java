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

/** The signal that has files read again, sent to the process that runs this. */
@Tag("fast")
final class HangupSignalTest {
    private static final long HANGUP = 1;

    /** A process that was started to ignore it, as by nohup, is not told of it. */
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
