package dev.oaiproxy.proxy.upstream;

import java.io.InputStream;

/** The body of a response as a stream. Closing the stream leaves the response open. */
final class ResponseInputStream extends InputStream {
    private static final int BUFFER_BYTES = 16 << 10;

    private final UpstreamResponse response;
    private byte[] buffer = {};
    private int at;
    private int filled;

    ResponseInputStream(UpstreamResponse response) {
        this.response = response;
    }

    @Override
    public int read() throws UpstreamException {
        return fill() ? buffer[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws UpstreamException {
        if (length == 0) {
            return 0;
        }
        if (at == filled && length == target.length) {
            return response.read(target);
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, filled - at);
        System.arraycopy(buffer, at, target, offset, count);
        at += count;
        return count;
    }

    private boolean fill() throws UpstreamException {
        if (at == filled) {
            if (buffer.length == 0) {
                buffer = new byte[BUFFER_BYTES];
            }
            at = 0;
            filled = Math.max(0, response.read(buffer));
        }
        return at < filled;
    }
}
