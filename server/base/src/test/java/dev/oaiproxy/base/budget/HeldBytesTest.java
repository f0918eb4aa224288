package dev.oaiproxy.base.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bytes that are leased as they arrive. */
@Tag("fast")
class HeldBytesTest {
    private final ByteBudget budget = new ByteBudget(1 << 20);
    private final Lease lease = budget.lease();

    @Test
    void givesTheBytesThatWereAdded() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] all = new byte[random.nextInt(200_000)];
            random.nextBytes(all);
            boolean announced = random.nextBoolean();
            HeldBytes held = new HeldBytes(lease, Use.REQUEST, announced ? all.length : 0);
            addInPieces(random, all, held);
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            held.writeTo(written);
            assertThat(written.toByteArray()).as("seed %d", seed).isEqualTo(all);
            assertThat(held.take()).as("seed %d", seed).isEqualTo(all);
            assertThat(budget.used()).as("seed %d", seed).isEqualTo(all.length);
            lease.give(all.length);
        }
    }

    private static void addInPieces(Random random, byte[] all, HeldBytes held) {
        int at = 0;
        while (at < all.length) {
            int count = Math.min(all.length - at, 1 + random.nextInt(20_000));
            assertThat(held.add(all, at, count)).isTrue();
            at += count;
        }
    }

    @Test
    void takesNoMoreForAnAnnouncedBodyThanAFewTimesWhatHasCome() {
        HeldBytes held = new HeldBytes(lease, Use.REQUEST, 600_000);
        byte[] some = new byte[1000];
        for (int i = 1; i <= 600; i++) {
            assertThat(held.add(some, 0, some.length)).isTrue();
            assertThat(budget.used()).isLessThanOrEqualTo(Math.max(4 * held.size() + 4096, 8192));
        }
        assertThat(held.take()).hasSize(600_000);
        assertThat(budget.used()).isEqualTo(600_000);
    }

    @Test
    void stopsWhereTheBudgetEnds() {
        HeldBytes held = new HeldBytes(lease, Use.REQUEST);
        byte[] some = new byte[1 << 16];
        int added = 0;
        while (held.add(some, 0, some.length)) {
            added += some.length;
        }
        assertThat(added).isBetween(1 << 19, 1 << 20);
        assertThat(budget.used()).isLessThanOrEqualTo(budget.limit(Use.REQUEST));
        assertThat(held.take()).as("joined, it is there twice for a moment").isNull();
        held.drop();
        assertThat(budget.used()).isZero();
    }

    @Test
    void keepsCountWhenItIsUsedAgain() {
        HeldBytes held = new HeldBytes(lease, Use.SOCKET_MESSAGE);
        for (int i = 0; i < 100; i++) {
            byte[] message = new byte[5000 + i];
            Arrays.fill(message, (byte) i);
            assertThat(held.add(message, 0, message.length)).isTrue();
            assertThat(held.take()).isEqualTo(message);
            lease.give(message.length);
        }
        assertThat(budget.used()).isZero();
        lease.close();
    }
}
