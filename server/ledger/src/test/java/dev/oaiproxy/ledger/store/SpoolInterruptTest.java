package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.write.Spool;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt closes a file channel for good; the spool must survive it. */
@Tag("fast")
final class SpoolInterruptTest {
    @Test
    void anInterruptedCallerDoesNotCloseTheSpoolForAllOthers(@TempDir Path folder) {
        Path file = folder.resolve("spool");
        try (Spool spool = Spool.open(file)) {
            Thread.currentThread().interrupt();
            boolean first = spool.keep(ending(1));
            boolean interrupted = Thread.interrupted();
            boolean second = spool.keep(ending(2));

            assertThat(interrupted).isTrue();
            assertThat(first).isTrue();
            assertThat(second).isTrue();
        }
        try (Spool again = Spool.open(file)) {
            assertThat(again.waiting()).containsExactly(ending(1), ending(2));
        }
    }

    private static CallOutcome ending(long id) {
        return new CallOutcome(
                new CallId(id),
                CallState.CHARGED,
                null,
                200,
                Instant.EPOCH,
                new CallOutcome.Bill(Usd.ofNanos(7), "gpt-4o-mini", "", "", 1, 0, 1, ""));
    }
}
