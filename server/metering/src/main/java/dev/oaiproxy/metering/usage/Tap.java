package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;

/**
 * Stands between OpenAI and the client. It sees every byte of one response, and understands the few
 * that bear on usage.
 *
 * <p>It is not thread-safe.
 */
public interface Tap {
    /** An empty buffer. Callers duplicate it, because buffers are not shared. */
    ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /**
     * Takes the next bytes of the response.
     *
     * @param bytes the bytes from OpenAI; read to their end, and not kept after this call
     * @return the bytes that may reach the client now, possibly none; valid until the next call, or
     *     until {@code bytes} are overwritten, since both may share memory
     */
    ByteBuffer pass(ByteBuffer bytes);

    /** Ends the response, and returns the bytes that were still kept back. */
    ByteBuffer end();

    /**
     * True once the usage is final. The bytes that {@link #pass} returned at that moment must reach
     * the client only after the charge is recorded.
     */
    boolean isFinal();

    /**
     * True if some of the requested output has arrived, so that OpenAI may bill more than the
     * input; also true if that is not known.
     */
    default boolean hasBegun() {
        return true;
    }

    UsageResult reading();
}
