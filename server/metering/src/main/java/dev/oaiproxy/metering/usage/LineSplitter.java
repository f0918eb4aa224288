package dev.oaiproxy.metering.usage;

import java.io.IOException;
import java.io.InputStream;

/**
 * Splits a stream at its line feeds. A line comes in one or more pieces in the same buffer, so that
 * the memory is constant.
 */
public final class LineSplitter {
    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;
    private int filled;
    private boolean endsLine;
    private long bytesRead;

    public LineSplitter(InputStream in) {
        this.in = in;
    }

    /** Moves to the next piece; false at the end of the stream. */
    public boolean next() throws IOException {
        start = endsLine ? end + 1 : end;
        if (start == filled) {
            start = 0;
            filled = Math.max(0, in.read(buffer));
            bytesRead += filled;
        }
        end = start;
        while (end < filled && buffer[end] != '\n') {
            end++;
        }
        endsLine = end < filled;
        return start < filled;
    }

    /** The buffer with the piece, from {@link #start} to {@link #end}. */
    public byte[] buffer() {
        return buffer;
    }

    public int start() {
        return start;
    }

    public int end() {
        return end;
    }

    /** True if a line feed follows the piece. */
    public boolean endsLine() {
        return endsLine;
    }

    /** The number of bytes read from the stream, which may be beyond the piece. */
    public long bytesRead() {
        return bytesRead;
    }

    /** True if a range of bytes is only white space. */
    public static boolean isBlank(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] > ' ' || bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
