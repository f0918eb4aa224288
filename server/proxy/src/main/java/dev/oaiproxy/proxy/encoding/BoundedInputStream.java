package dev.oaiproxy.proxy.encoding;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that fails after a number of bytes, so that no decoding step becomes a decompression
 * bomb.
 */
final class BoundedInputStream extends FilterInputStream {
    private final int most;
    private long count;

    BoundedInputStream(InputStream in, int most) {
        super(in);
        this.most = most;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
        int read = super.read(buffer, from, length);
        count += Math.max(0, read);
        if (count > most) {
            throw new TooLargeException();
        }
        return read;
    }

    @Override
    public long skip(long bytes) {
        throw new UnsupportedOperationException("skipped bytes would not be counted");
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** There were more bytes than allowed. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
