package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.ledger.key.Base32;
import java.time.Instant;

/**
 * The number of a call: made at admission, ordered by time, unique over all nodes.
 *
 * @param value 41 bits of milliseconds since {@link #EPOCH_MILLIS}, 10 bits of node, 12 bits of
 *     sequence
 */
public record CallId(long value) implements Comparable<CallId> {
    /** 2024-01-01T00:00:00Z; the numbers last until 2093. */
    static final long EPOCH_MILLIS = 1_704_067_200_000L;

    /** The number of bits for the node. */
    public static final int NODE_BITS = 10;

    static final int SEQUENCE_BITS = 12;

    private static final int TEXT_LENGTH = 13;
    private static final long NODE_MASK = (1 << NODE_BITS) - 1;

    /** Rejects negative numbers. */
    public CallId {
        if (value <= 0) {
            throw new IllegalArgumentException("not the id of a call");
        }
    }

    /**
     * Parses the printed form.
     *
     * @throws IllegalArgumentException when it is not one
     */
    public static CallId parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            throw new IllegalArgumentException("the id of a call has 13 letters and digits");
        }
        return new CallId(Base32.number(text));
    }

    /** The smallest number of a call made at a moment; for one before 2024, not above it. */
    public static long firstOf(Instant moment) {
        return (moment.toEpochMilli() - EPOCH_MILLIS) << (NODE_BITS + SEQUENCE_BITS);
    }

    public Instant madeAt() {
        return Instant.ofEpochMilli(EPOCH_MILLIS + (value >> (NODE_BITS + SEQUENCE_BITS)));
    }

    /** The number of the node that made it. */
    public int node() {
        return (int) (value >> SEQUENCE_BITS & NODE_MASK);
    }

    @Override
    public int compareTo(CallId other) {
        return Long.compare(value, other.value);
    }

    /** Thirteen letters and digits, in alphabetical order of time. */
    @Override
    public String toString() {
        return Base32.text(value, TEXT_LENGTH);
    }
}
