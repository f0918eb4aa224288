package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.io.IOException;
import java.io.InputStream;

/** The body of an answer as a stream, as it comes. Closing it leaves the answer open. */
final class AnswerStream extends InputStream {
    private final Answer answer;
    private final byte[] piece = new byte[Fetch.BUFFER_BYTES];
    private int at;
    private int filled;

    AnswerStream(Answer answer) {
        this.answer = answer;
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
                filled = Math.max(0, answer.read(piece));
            }
            return at < filled;
        } catch (UpstreamException e) {
            throw new IOException(e);
        }
    }
}
