package dev.oaiproxy.server.ledger;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** Makes the numbers of calls for one node. They rise even when the clock steps back. */
public final class CallIds {
    private final InstantSource clock;
    private final long nodeBits;
    private final AtomicLong lastTick = new AtomicLong();

    /**
     * @param node the number of this node, 0 to 1023
     */
    public CallIds(InstantSource clock, int node) {
        if (node < 0 || node >= 1 << CallId.NODE_BITS) {
            throw new IllegalArgumentException("node out of range: " + node);
        }
        this.clock = clock;
        this.nodeBits = (long) node << CallId.SEQUENCE_BITS;
    }

    public CallId next() {
        long now = (clock.millis() - CallId.EPOCH_MILLIS) << CallId.SEQUENCE_BITS;
        // A tick is milliseconds and sequence in one number, so more calls than a millisecond has
        // numbers for run over into the next one.
        long tick = lastTick.updateAndGet(last -> Math.max(now, last + 1));
        long millis = tick >> CallId.SEQUENCE_BITS;
        long sequence = tick & ((1 << CallId.SEQUENCE_BITS) - 1);
        return new CallId(
                millis << (CallId.NODE_BITS + CallId.SEQUENCE_BITS) | nodeBits | sequence);
    }
}
