package dev.oaiproxy.proxy.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes from OpenAI on one connection, and the HTTP lines among them. */
final class ByteSource {
    /** The most bytes of the lines of one head, of a chunk's size or of trailers. */
    static final int MOST_LINE_BYTES = 64 * 1024;

    /** Room for a usual head, and for the events of a stream, of which there are many at once. */
    private static final int USUAL_BYTES = 2 * 1024;

    private final InputStream in;
    private byte[] buffer = new byte[USUAL_BYTES];
    private int position;
    private int limit;
    private int allowance;

    ByteSource(InputStream in) {
        this.in = in;
    }

    /** Starts a group of lines that together may take {@link #MOST_LINE_BYTES}. */
    void startLines() {
        allowance = MOST_LINE_BYTES;
    }

    /** True when no byte has been read ahead. */
    boolean isDrained() {
        return position == limit;
    }

    /**
     * Reads the bytes that are there, waiting only when there are none.
     *
     * @return the number of bytes, or -1 when the connection ended
     */
    int read(byte[] target, int most) throws IOException {
        if (isDrained()) {
            return in.read(target, 0, most);
        }
        int count = Math.min(most, limit - position);
        System.arraycopy(buffer, position, target, 0, count);
        position += count;
        return count;
    }

    /** Waits for a byte without reading it; false when the connection ended. */
    boolean await() throws IOException {
        return !isDrained() || more();
    }

    /** Reads a line without its CRLF. A bare LF is refused, since it can be read in two ways. */
    String line() throws IOException {
        int scanned = 0;
        while (true) {
            for (int i = position + scanned; i < limit; i++) {
                if (buffer[i] == '\n') {
                    return take(i);
                }
            }
            scanned = limit - position;
            if (scanned > allowance) {
                throw new ProtocolException("lines longer than " + MOST_LINE_BYTES + " bytes");
            }
            if (!more()) {
                throw new EOFException("the connection ended inside a line");
            }
        }
    }

    private String take(int lineFeed) throws ProtocolException {
        int start = position;
        allowance -= lineFeed + 1 - start;
        if (allowance < 0) {
            throw new ProtocolException("lines longer than " + MOST_LINE_BYTES + " bytes");
        }
        if (lineFeed == start || buffer[lineFeed - 1] != '\r') {
            throw new ProtocolException("a line without CRLF");
        }
        position = lineFeed + 1;
        return new String(buffer, start, lineFeed - 1 - start, StandardCharsets.ISO_8859_1);
    }

    private boolean more() throws IOException {
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int count = in.read(buffer, limit, buffer.length - limit);
        limit += Math.max(0, count);
        return count > 0;
    }
}
