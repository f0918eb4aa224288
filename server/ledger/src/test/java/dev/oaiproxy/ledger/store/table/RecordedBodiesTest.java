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
