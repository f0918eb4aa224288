package dev.oaiproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The signal that has files read again, sent to the process that runs this. */
final class HangupSignalTest {
    @Test
    void readsAgainAndGoesOn() throws Exception {
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
