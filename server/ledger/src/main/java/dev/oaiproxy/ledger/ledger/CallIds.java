package dev.oaiproxy.ledger.ledger;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Makes the numbers of calls of one node. They rise even when the clock steps back. */
public final class CallIds {
    private static final long SEQUENCE_MASK = (1 << CallId.SEQUENCE_BITS) - 1;

    private final InstantSource clock;
    private final AtomicLong lastTick = new AtomicLong();
    private volatile long nodeBits;

    /**
     * @param node the number of this node, 0 to 1023
     */
    public CallIds(InstantSource clock, int node) {
        this(clock, node, null);
    }

    /**
     * Continues after an earlier process, whose clock may have been ahead.
     *
     * @param newest the newest call on the ledger; null when there is none
     */
    public CallIds(InstantSource clock, int node, @Nullable CallId newest) {
        this.clock = clock;
        moveTo(node, newest);
    }

    /**
     * Continues with another node number, after the calls of its last owner.
     *
     * @param newest the newest call on the ledger; null when there is none
     */
    public void moveTo(int node, @Nullable CallId newest) {
        if (node < 0 || node >= 1 << CallId.NODE_BITS) {
            throw new IllegalArgumentException("node out of range: " + node);
        }
        // The tick comes before the node number, because next() reads the node number first.
        lastTick.accumulateAndGet(newest == null ? 0 : lastTickOf(newest), Math::max);
        nodeBits = (long) node << CallId.SEQUENCE_BITS;
    }

    /** The time of the newest call; long ago when there is none. */
    public Instant newest() {
        long millis = lastTick.get() >> CallId.SEQUENCE_BITS;
        return Instant.ofEpochMilli(CallId.EPOCH_MILLIS + millis);
    }

    public CallId next() {
        long node = nodeBits;
        long now = (clock.millis() - CallId.EPOCH_MILLIS) << CallId.SEQUENCE_BITS;
        // A tick is milliseconds and sequence in one number, so that a full millisecond overflows
        // into the next.
        long tick = lastTick.updateAndGet(last -> Math.max(now, last + 1));
        long millis = tick >> CallId.SEQUENCE_BITS;
        long sequence = tick & SEQUENCE_MASK;
        return new CallId(millis << (CallId.NODE_BITS + CallId.SEQUENCE_BITS) | node | sequence);
    }

    /** The last tick of its millisecond, in which another node may have made more calls. */
    private static long lastTickOf(CallId id) {
        long millis = id.value() >> (CallId.NODE_BITS + CallId.SEQUENCE_BITS);
        return millis << CallId.SEQUENCE_BITS | SEQUENCE_MASK;
    }
}
