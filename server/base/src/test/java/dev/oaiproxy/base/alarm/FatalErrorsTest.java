package dev.oaiproxy.base.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
final class FatalErrorsTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final AtomicInteger ends = new AtomicInteger();
    private final FatalErrors errors =
            new FatalErrors(
                    new PrintStream(said, true, StandardCharsets.UTF_8), ends::incrementAndGet);

    @Test
    void endsTheProcessWithOneLineWhenAnErrorEndsAPlatformThread() throws Exception {
        run(Thread.ofPlatform().name("ledger-writer"), new NoClassDefFoundError("x/Y"));
        assertThat(ends).hasValue(1);
        assertThat(said.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .contains("NoClassDefFoundError", "x/Y", "ledger-writer", "start it again");
    }

    @Test
    void survivesWhatEndsOneCall() throws Exception {
        run(Thread.ofVirtual(), new StackOverflowError());
        run(Thread.ofVirtual(), new NoClassDefFoundError("x/Y"));
        run(Thread.ofPlatform(), new IllegalStateException("played"));
        assertThat(ends).hasValue(0);
        assertThat(said.size()).isZero();
        assertThat(Alarms.counts()).containsKey("thread_failed");
    }

    @Test
    void endsTheProcessWhenMemoryRunsOutAnywhere() throws Exception {
        run(Thread.ofVirtual(), new OutOfMemoryError("Direct buffer memory"));
        assertThat(ends).hasValue(1);
    }

    @Test
    void isToldOfAFatalErrorThatSomebodyHasCaught() throws Exception {
        Thread.Builder catching = Thread.ofVirtual();
        Runnable reports =
                () -> {
                    FatalErrors.report(new IllegalStateException("survived"));
                    FatalErrors.report(new StackOverflowError());
                    FatalErrors.report(new IllegalStateException(new OutOfMemoryError("played")));
                };
        Thread thread = catching.unstarted(reports);
        thread.setUncaughtExceptionHandler(errors);
        thread.start();
        thread.join();
        assertThat(ends).hasValue(1);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("OutOfMemoryError: played");
    }

    @Test
    void endsTheProcessEvenIfNothingCanBeSaid() throws Exception {
        PrintStream broken =
                new PrintStream(said, true, StandardCharsets.UTF_8) {
                    @Override
                    public void println(String text) {
                        throw new OutOfMemoryError("again");
                    }
                };
        FatalErrors speechless = new FatalErrors(broken, ends::incrementAndGet);
        Thread thread = Thread.ofPlatform().unstarted(() -> FatalErrors.stop("the listener ended"));
        thread.setUncaughtExceptionHandler(speechless);
        thread.start();
        thread.join();
        assertThat(ends).hasPositiveValue();
    }

    private void run(Thread.Builder kind, Throwable end) throws InterruptedException {
        Runnable failing =
                () -> {
                    if (end instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) end;
                };
        Thread thread = kind.unstarted(failing);
        thread.setUncaughtExceptionHandler(errors);
        thread.start();
        thread.join();
    }
}
