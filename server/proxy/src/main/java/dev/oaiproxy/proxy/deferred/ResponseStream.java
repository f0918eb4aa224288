package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.io.InputStream;

/** The body of an answer as a stream, as it comes. Closing it leaves the answer open. */
final class ResponseStream extends InputStream {
    private final UpstreamResponse response;
    private final byte[] piece = new byte[ObjectFetch.BUFFER_BYTES];
    private int at;
    private int filled;

    ResponseStream(UpstreamResponse response) {
        this.response = response;
    }

    @Override
    public int read() throws IOException {
        return fill() ? piece[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0 || !fill()) {
            return length == 0 ? 0 : -1;
        }
        int count = Math.min(length, filled - at);
        System.arraycopy(piece, at, buffer, offset, count);
        at += count;
        return count;
    }

    private boolean fill() throws IOException {
        try {
            if (at == filled) {
                at = 0;
                filled = Math.max(0, response.read(piece));
            }
            return at < filled;
        } catch (UpstreamException e) {
            throw new IOException(e);
        }
    }
}
