package dev.oaiproxy.ledger.store.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.table.Keys;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** How often a commit waits for PostgreSQL, counted by the driver's own end of each question. */
@Tag("database")
@Isolated("it counts what the whole process does")
final class RoundTripsTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Usd CENT = Usd.parse("0.01");
    private static final int CALLS = 20;

    /** Lock and reads, writes, commit. */
    private static final int MOST_A_COMMIT = 3;

    @TempDir Path folder;

    @Test
    void aCommitWaitsThreeTimes() throws Exception {
        assumeTrue(TestDatabase.available().contains(TestDatabase.POSTGRESQL));
        try (LedgerFixture ledger =
                new LedgerFixture(TestDatabase.POSTGRESQL, folder, ZoneOffset.UTC, NOON)) {
            Key key = key(ledger.store().keys());
            calls(ledger, key);
            Path file = folder.resolve("trace.jfr");
            try (Recording recording = new Recording()) {
                recording
                        .enable("jdk.MethodTrace")
                        .with("filter", "org.postgresql.core.v3.QueryExecutorImpl::sendSync");
                recording.start();
                calls(ledger, key);
                recording.stop();
                recording.dump(file);
            }
            assertThat(
                            RecordingFile.readAllEvents(file).stream()
                                    .filter(RoundTripsTest::isOfWriter))
                    .hasSizeBetween(2 * CALLS, 2 * CALLS * MOST_A_COMMIT);
        }
    }

    private static boolean isOfWriter(RecordedEvent event) {
        return event.getThread().getJavaName().equals("ledger-writer");
    }

    private static Key key(Keys keys) {
        KeySettings settings = new KeySettings("ann", "", List.of(), null, AccountLimits.NONE);
        return keys.find(keys.create(settings, new Actor("admin", "test")).id()).orElseThrow();
    }

    private static void calls(LedgerFixture ledger, Key key) {
        for (int i = 0; i < CALLS; i++) {
            CallId id = ledger.nextId();
            ledger.store()
                    .ledger()
                    .admit(
                            new HoldRequest(
                                    id, key, "chat", SampleBills.MODEL, CENT, 1, NOON, "test.1"));
            ledger.store().ledger().end(SampleBills.charge(id, CENT, 1, NOON), key);
        }
    }
}
