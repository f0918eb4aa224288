package dev.oaiproxy.ledger.store.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.table.RecordedBodies.Pair;
import dev.oaiproxy.ledger.store.table.RecordedBodies.RecordedPart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that are recorded beside the calls, in the order of the calls and within a bound. */
class RecordedBodiesTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final int LARGE = 1 << 20;

    @TempDir Path folder;
    private final ByteBudget budget = new ByteBudget(64 << 20);
    private LedgerFixture fixture;

    /** The most memory that a record held. */
    private long longest;

    @BeforeEach
    void open() {
        fixture = new LedgerFixture(TestDatabase.SQLITE, folder, ZoneOffset.UTC, NOON);
    }

    @AfterEach
    void close() {
        fixture.close();
        assertThat(budget.used()).isZero();
    }

    private CallId keep(ByteBudget from, byte[] request, byte[] response) {
        CallId id = fixture.nextId();
        try (Lease lease = from.lease()) {
            fixture.store()
                    .bodies()
                    .keep(
                            id,
                            RecordedPart.of(request, request.length, false),
                            RecordedPart.of(response, response.length, false),
                            lease);
        }
        return id;
    }

    private Pair found(CallId id) {
        return fixture.store().bodies().find(id).orElseThrow();
    }

    @Test
    void aCallDoesNotWaitForItsBodies() throws Exception {
        CountDownLatch occupied = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread other =
                Thread.ofVirtual()
                        .start(
                                () ->
                                        fixture.store()
                                                .writer()
                                                .write(
                                                        tx -> {
                                                            occupied.countDown();
                                                            return awaited(release);
                                                        }));
        occupied.await();

        List<CallId> calls = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            calls.add(keep(budget, ("asked " + i).getBytes(UTF_8), "said".getBytes(UTF_8)));
        }

        release.countDown();
        other.join();
        for (int i = 0; i < calls.size(); i++) {
            assertThat(found(calls.get(i)).request()).asString().isEqualTo("asked " + i);
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void keysAreMaskedAcrossPieces() {
        byte[] first = "use sk-0123456".getBytes(UTF_8);
        byte[] second = "789abcdefghij now".getBytes(UTF_8);
        CallId id = fixture.nextId();
        try (Lease lease = budget.lease()) {
            RecordedPart pieces =
                    new RecordedPart(
                            List.of(ByteBuffer.wrap(first), ByteBuffer.wrap(second)), false);
            fixture.store().bodies().keep(id, pieces, pieces, lease);
        }
        assertThat(found(id).request()).asString().isEqualTo("use sk-*** now");
        assertThat(found(id).response()).asString().isEqualTo("use sk-*** now");
    }

    /** Records a response as it comes, in parts of a size that divides no piece. */
    private CallId recorded(Lease lease, byte[] response, int most) {
        RecordedBodies bodies = fixture.store().bodies();
        BodyRecord record = bodies.begin(lease, most);
        for (int at = 0; at < response.length; at += 371) {
            byte[] part = Arrays.copyOfRange(response, at, Math.min(at + 371, response.length));
            record.add(part, part.length);
            longest = Math.max(longest, budget.used());
        }
        CallId id = fixture.nextId();
        bodies.keep(id, RecordedPart.of(new byte[0], 0, false), record.end(), lease);
        return id;
    }

    @Test
    void aLongStreamIsCompressedWhileItComes() {
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            said.append("data: {\"choices\":[{\"delta\":{\"content\":\" w");
            said.append(i).append("\"}}]}\n\n");
        }
        CallId id;
        try (Lease lease = budget.lease()) {
            id = recorded(lease, said.toString().getBytes(UTF_8), LARGE);
        }
        assertThat(found(id).response()).asString().isEqualTo(said.toString());
        assertThat(found(id).responseCut()).isFalse();
        assertThat(longest).isLessThan(said.length() / 4);
    }

    @Test
    void keysAreMaskedAcrossThePiecesOfALongStream() {
        String key = "sk-0123456789abcdefghij";
        for (int before = BodyRecord.PIECE_BYTES - 30; before < BodyRecord.PIECE_BYTES; before++) {
            String text = ".".repeat(before);
            CallId id;
            try (Lease lease = budget.lease()) {
                byte[] response = (text + key + " and " + text + key).getBytes(UTF_8);
                id = recorded(lease, response, LARGE);
            }
            assertThat(found(id).response())
                    .asString()
                    .isEqualTo(text + "sk-*** and " + text + "sk-***");
        }
    }

    @Test
    void aLongStreamIsCutAtItsBoundAndWhereTheBudgetEnds() {
        byte[] noise = new byte[LARGE];
        new Random(1).nextBytes(noise);
        CallId whole;
        try (Lease lease = budget.lease()) {
            whole = recorded(lease, noise, LARGE / 2 + 1);
        }
        assertThat(found(whole).response()).hasSize(LARGE / 2 + 1);
        assertThat(found(whole).responseCut()).isTrue();
        CallId part;
        ByteBudget small = new ByteBudget(LARGE);
        try (Lease lease = small.lease()) {
            part = recorded(lease, noise, LARGE);
        }
        byte[] kept = found(part).response();
        assertThat(kept.length).isBetween(BodyRecord.PIECE_BYTES, LARGE / 2);
        assertThat(kept).isEqualTo(Arrays.copyOf(noise, kept.length));
        assertThat(found(part).responseCut()).isTrue();
        assertThat(small.used()).isZero();
    }

    @Test
    void bodiesBeyondTheBudgetAreCutAndMarked() {
        byte[] large = new byte[LARGE];
        Arrays.fill(large, (byte) 'x');
        ByteBudget small = new ByteBudget(LARGE);
        CallId id = keep(small, large, "said".getBytes(UTF_8));

        Pair pair = found(id);
        assertThat(pair.requestCut()).isTrue();
        assertThat(pair.request().length).isBetween(1, LARGE / 2);
        assertThat(pair.response()).asString().isEqualTo("said");
        assertThat(pair.responseCut()).isFalse();
        assertThat(small.used()).isZero();
    }

    @Test
    void withoutAnyBudgetTheCallGoesOn() {
        Pair pair = found(keep(new ByteBudget(1), "asked".getBytes(UTF_8), new byte[0]));
        assertThat(pair.request()).isEmpty();
        assertThat(pair.requestCut()).isTrue();
        assertThat(pair.responseCut()).isFalse();
    }

    @Test
    void closingWritesWhatWaits() {
        CallId id = keep(budget, "asked".getBytes(UTF_8), "said".getBytes(UTF_8));
        fixture.restart();
        assertThat(found(id).response()).asString().isEqualTo("said");
    }

    @Test
    void bodiesOfEarlierVersionsAreRead() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write("said".getBytes(UTF_8));
        }
        assertThat(BodyCodec.decode(zipped.toByteArray())).asString().isEqualTo("said");
    }
}
