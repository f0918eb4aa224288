package dev.oaiproxy.proxy.upstream;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;

/**
 * A response of OpenAI, whose body is read as it comes.
 *
 * <p>One thread reads; any thread may close, which ends the reading.
 */
public interface UpstreamResponse extends AutoCloseable {
    /** The HTTP status, 200 to 999; interim responses (1xx) are not shown. */
    int status();

    /** The headers as OpenAI sent them, including the ones that frame the message. */
    Headers headers();

    /**
     * Reads bytes of the body as soon as there are any; never waits to fill the buffer.
     *
     * @param buffer takes the bytes; must have room for at least one
     * @return the number of bytes, or -1 at the proper end of the body
     * @throws UpstreamException when the body broke before its end, or OpenAI was silent for too
     *     long
     */
    int read(byte[] buffer) throws UpstreamException;

    /**
     * The body as a stream, which throws the exceptions of {@link #read}. Call it once: the stream
     * reads ahead.
     */
    default InputStream body() {
        return new ResponseInputStream(this);
    }

    /** Reads the body, up to {@code most} bytes. The rest of a longer body is left to be read. */
    default byte[] readAtMost(int most) throws UpstreamException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int count = 0;
        while (count >= 0 && bytes.size() < most) {
            byte[] piece = new byte[Math.min(most - bytes.size(), 8 << 10)];
            count = read(piece);
            bytes.write(piece, 0, Math.max(0, count));
        }
        return bytes.toByteArray();
    }

    /**
     * Ends the response. Before its proper end this breaks the connection, so that OpenAI stops
     * working; after it, it does nothing.
     */
    @Override
    void close();
}
