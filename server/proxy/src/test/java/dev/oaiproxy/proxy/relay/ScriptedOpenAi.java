package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamException.SendState;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;

/** A scripted OpenAI: each call gets the same script. */
public final class ScriptedOpenAi implements Upstream {
    /** A response, or its absence. */
    public interface Play {
        UpstreamResponse answer(UpstreamRequest request) throws UpstreamException;
    }

    private final Play play;

    public ScriptedOpenAi(Play play) {
        this.play = play;
    }

    public static UpstreamException failure(SendState sendState) {
        return new UpstreamException(sendState, "played", new IOException("played"));
    }

    /** A response whose reads return these parts, as far as they fit; null is a failed read. */
    public static UpstreamResponse answer(int status, Headers headers, String... parts) {
        return new Parts(status, headers, Arrays.asList(parts).iterator());
    }

    private static final class Parts implements UpstreamResponse {
        private final int status;
        private final Headers headers;
        private final Iterator<String> next;
        private ByteBuffer part = ByteBuffer.allocate(0);

        Parts(int status, Headers headers, Iterator<String> next) {
            this.status = status;
            this.headers = headers;
            this.next = next;
        }

        @Override
        public int status() {
            return status;
        }

        @Override
        public Headers headers() {
            return headers;
        }

        @Override
        public int read(byte[] buffer) throws UpstreamException {
            if (!part.hasRemaining()) {
                if (!next.hasNext()) {
                    return -1;
                }
                String text = next.next();
                if (text.equals(BREAK)) {
                    throw failure(SendState.UNKNOWN);
                }
                part = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            }
            int count = Math.min(buffer.length, part.remaining());
            part.get(buffer, 0, count);
            return count;
        }

        @Override
        public void close() {}
    }

    /** The part at which the connection breaks. */
    static final String BREAK = "\0";

    public static final Headers JSON = Headers.of("Content-Type", "application/json");
    static final Headers EVENTS = Headers.of("Content-Type", "text/event-stream");

    @Override
    public UpstreamResponse send(UpstreamRequest request) throws UpstreamException {
        return play.answer(request);
    }

    @Override
    public void close() {}
}
