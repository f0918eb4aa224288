package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;

/**
 * Stands between OpenAI and the client, sees every byte of one answer, and understands a few.
 *
 * <p>Not safe for use by several threads at once.
 */
public interface Tap {
    /** No bytes; to be duplicated, as a buffer is not shared. */
    ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /**
     * Takes the next bytes of the answer.
     *
     * @param bytes what was read from OpenAI; taken to its end, and not kept after this call
     * @return what the client may see now, possibly nothing; valid until the next call, and until
     *     {@code bytes} are overwritten, whose memory it may share
     */
    ByteBuffer pass(ByteBuffer bytes);

    /** Takes the end of the answer, and gives the bytes that were still kept back. */
    ByteBuffer end();

    /**
     * True once the usage is final. What {@link #pass} gave in that moment must reach the client
     * only after the charge is written down.
     */
    boolean isFinal();

    /**
     * True if any of what was asked for has come, so that OpenAI may bill more than the input; true
     * where that cannot be told.
     */
    default boolean hasBegun() {
        return true;
    }

    UsageResult reading();
}
