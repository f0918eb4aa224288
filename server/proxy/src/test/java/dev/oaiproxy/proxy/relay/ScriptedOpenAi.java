package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamException.SendState;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
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

    /** A response whose reads return these parts; null is a failed read. */
    public static UpstreamResponse answer(int status, Headers headers, String... parts) {
        Iterator<String> next = Arrays.asList(parts).iterator();
        return new Parts(status, headers, next);
    }

    private record Parts(int status, Headers headers, Iterator<String> next)
            implements UpstreamResponse {
        @Override
        public int read(byte[] buffer) throws UpstreamException {
            if (!next.hasNext()) {
                return -1;
            }
            String part = next.next();
            if (part.equals(BREAK)) {
                throw failure(SendState.UNKNOWN);
            }
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(bytes, 0, buffer, 0, bytes.length);
            return bytes.length;
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
