package dev.oaiproxy.ledger.store.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.metering.money.Usd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("fast")
class SpoolTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private static final int LARGE = 1 << 16;

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("spool");
    }

    @Test
    void givesBackWhatAnEarlierProcessKept() {
        keep(ending(1), ending(2));
        assertThat(left()).containsExactly(ending(1), ending(2));
    }

    @Test
    void forgetsWhatWasPosted() {
        try (Spool spool = Spool.open(file)) {
            spool.keep(ending(1));
            spool.keep(ending(2));
            spool.posted(1);
            assertThat(spool.waiting()).containsExactly(ending(2));
            spool.posted(1);
            spool.keep(ending(3));
        }
        assertThat(left()).containsExactly(ending(3));
    }

    @Test
    void leavesOutALineThatACrashTore() throws IOException {
        keep(ending(1), ending(2));
        tear(5);
        assertThat(left()).containsExactly(ending(1));
    }

    @Test
    void readsLinesThatDoNotSayByWhichPrices() throws IOException {
        CallOutcome named = SampleBills.pricedBy("test.2", ending(2));
        keep(ending(1), named);
        assertThat(left()).containsExactly(ending(1), named);
        Files.writeString(file, SpoolLine.text(ending(1)).replace(",\"\"]", "]") + "\n");
        assertThat(left()).containsExactly(ending(1));
    }

    @Test
    void keepsWhatComesAfterATornLine() throws IOException {
        keep(ending(1), ending(2));
        tear(1);
        keep(ending(3));
        assertThat(left()).contains(ending(1), ending(3));
        keep(ending(4));
        assertThat(left()).contains(ending(1), ending(3), ending(4));
    }

    @Test
    void saysThatItIsFullWhileThereIsStillRoomForWhatIsInFlight() {
        try (Spool spool = Spool.open(file)) {
            int kept = 0;
            while (!spool.isFull()) {
                assertThat(spool.keep(large())).isTrue();
                kept++;
            }
            while (spool.keep(large())) {
                kept++;
            }
            // The last one is kept in memory only, as the caller was told.
            assertThat(spool.waiting()).hasSize(kept + 1);
            assertThat(kept).isGreaterThan(Spool.BYTES / LARGE - 2);
        }
        assertThat(left()).hasSizeGreaterThan(Spool.BYTES / LARGE - 2);
    }

    private void keep(CallOutcome... endings) {
        try (Spool spool = Spool.open(file)) {
            List.of(endings).forEach(spool::keep);
        }
    }

    private List<CallOutcome> left() {
        try (Spool spool = Spool.open(file)) {
            return spool.waiting();
        }
    }

    /** Takes the last bytes away, as a write that did not finish. */
    private void tear(int bytes) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        String torn = text.substring(0, end - bytes) + "\0".repeat(text.length() - end + bytes);
        Files.writeString(file, torn, StandardCharsets.ISO_8859_1);
    }

    private static CallOutcome ending(long id) {
        return SampleBills.charge(new CallId(id), Usd.ofNanos(id), 0, NOON);
    }

    /** An ending with more text than any has, so that few fill the file. */
    private static CallOutcome large() {
        return SampleBills.release(new CallId(1), NOON, "x".repeat(LARGE - 100));
    }
}
