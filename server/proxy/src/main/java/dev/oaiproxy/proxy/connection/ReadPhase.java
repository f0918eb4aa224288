package dev.oaiproxy.proxy.connection;

import dev.oaiproxy.proxy.connection.RequestFraming.Awaiting;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The input that a connection waits for, the start of the wait, and the number of bytes that have
 * come.
 */
final class ReadPhase {
    private static final Duration LINGER_TIME = Duration.ofSeconds(30);

    /** Enough for packets that are lost, and for a client that other programs keep from its CPU. */
    private static final Duration LINGER_SILENCE = Duration.ofSeconds(2);

    /** The first seconds of a body, in which its average speed is not judged. */
    private static final Duration FIRST_BODY_TIME = Duration.ofSeconds(5);

    private volatile Awaiting awaiting = Awaiting.REQUEST;
    private volatile long startNanos = System.nanoTime();
    private volatile long bytes;
    private volatile boolean served;
    private volatile boolean lingering;

    /** Starts a phase with each request, and whenever the awaited input changes. */
    void await(Awaiting what) {
        if (what != awaiting || what == Awaiting.REQUEST) {
            startNanos = System.nanoTime();
            bytes = 0;
            awaiting = what;
        }
    }

    /** Notes that the client only has to read its response from now on. */
    void linger() {
        await(Awaiting.REQUEST);
        lingering = true;
    }

    void arrived(int count) {
        long before = bytes;
        bytes = before + count;
    }

    /** Notes that a head has come. */
    void served() {
        served = true;
    }

    Awaiting awaiting() {
        return awaiting;
    }

    boolean isLingering() {
        return lingering;
    }

    long startNanos() {
        return startNanos;
    }

    long bytes() {
        return bytes;
    }

    /**
     * The reason to cut a phase that has taken too long, or null.
     *
     * @param readNanos the duration of the current read
     */
    @Nullable CutReason overdue(ConnectionLimits limits, long now, long readNanos) {
        long phase = now - startNanos;
        if (lingering) {
            boolean over = phase > LINGER_TIME.toNanos() || readNanos > LINGER_SILENCE.toNanos();
            return over ? CutReason.SLOW_BODY : null;
        }
        return switch (awaiting) {
            case REQUEST -> served ? idle(limits, phase) : slowHead(limits, phase);
            case HEAD -> slowHead(limits, phase);
            case BODY ->
                    readNanos > limits.silence().toNanos() || isSlow(limits, phase)
                            ? CutReason.SLOW_BODY
                            : null;
            case BYTES -> null;
        };
    }

    private static @Nullable CutReason idle(ConnectionLimits limits, long phase) {
        return phase > limits.idleTime().toNanos() ? CutReason.IDLE : null;
    }

    private static @Nullable CutReason slowHead(ConnectionLimits limits, long phase) {
        return phase > limits.headTime().toNanos() ? CutReason.SLOW_HEAD : null;
    }

    private boolean isSlow(ConnectionLimits limits, long phase) {
        long counted = phase - FIRST_BODY_TIME.toNanos();
        double due = counted / 1e9 * limits.bodyBytesPerSecond();
        return counted > 0 && bytes < due;
    }
}
