package dev.oaiproxy.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client's WebSocket: the JDK's, with the events that came in a queue. */
public final class WebSocketTestClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 40;

    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<Received> heard = new LinkedBlockingQueue<>();
    private final WebSocket socket;

    /** What came: an event, or the end with its close code (0 for a broken connection). */
    private record Received(@Nullable JsonNode event, int closeCode) {}

    /** A handshake that was refused, with its answer. */
    public static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient HttpResponse<?> answer;

        RefusedException(WebSocketHandshakeException refused) {
            super(refused);
            answer = refused.getResponse();
        }

        public int status() {
            return answer.statusCode();
        }
    }

    private WebSocketTestClient(URI address, List<String> protocols, String... headers) {
        WebSocket.Builder builder = http.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        if (!protocols.isEmpty()) {
            builder.subprotocols(
                    protocols.getFirst(),
                    protocols.subList(1, protocols.size()).toArray(String[]::new));
        }
        try {
            socket = builder.buildAsync(address, new EventListener()).join();
        } catch (CompletionException e) {
            http.close();
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                throw new RefusedException(refused);
            }
            throw e;
        }
    }

    /** Opens a socket at an {@code http} address, with headers given as names and values. */
    public static WebSocketTestClient at(URI address, String... headers) {
        return new WebSocketTestClient(ws(address), List.of(), headers);
    }

    /** Opens one as a browser does, which can send no headers. */
    public static WebSocketTestClient offering(URI address, List<String> protocols) {
        return new WebSocketTestClient(ws(address), protocols);
    }

    private static URI ws(URI address) {
        return URI.create(address.toString().replaceFirst("http", "ws"));
    }

    /** The subprotocol that was agreed on. */
    public String protocol() {
        return socket.getSubprotocol();
    }

    private final class EventListener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                heard.add(new Received(parse(text.toString()), 0));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            heard.add(new Received(null, code));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            heard.add(new Received(null, 0));
        }
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    /** Sends an event, as JSON in which quotes may be single ones. */
    public WebSocketTestClient say(String json) {
        socket.sendText(json.replace('\'', '"'), true).join();
        return this;
    }

    /** Sends an event in several frames. */
    public WebSocketTestClient sayInParts(String... parts) {
        for (int i = 0; i < parts.length; i++) {
            socket.sendText(parts[i].replace('\'', '"'), i == parts.length - 1).join();
        }
        return this;
    }

    public WebSocketTestClient ping() {
        socket.sendPing(ByteBuffer.wrap(new byte[] {1, 2, 3})).join();
        return this;
    }

    /** The next event, whatever it is. */
    public JsonNode event() {
        Received next = next();
        if (next.event() == null) {
            throw new AssertionError("the socket was closed: " + next.closeCode());
        }
        return next.event();
    }

    /** The next event of a type; what comes before it is passed over. */
    public JsonNode event(String type) {
        List<String> passed = new ArrayList<>();
        while (true) {
            Received next = next();
            if (next.event() == null) {
                throw new AssertionError(
                        "closed with " + next.closeCode() + " before " + type + ": " + passed);
            }
            if (next.event().path("type").asText().equals(type)) {
                return next.event();
            }
            passed.add(next.event().toString());
        }
    }

    /** All that comes until the socket is closed. */
    public List<JsonNode> rest() {
        List<JsonNode> events = new ArrayList<>();
        for (Received next = next(); next.event() != null; next = next()) {
            events.add(next.event());
        }
        return events;
    }

    /** The code that the socket is closed with, 0 where its connection broke. */
    public int closeCode() {
        Received next = next();
        while (next.event() != null) {
            next = next();
        }
        return next.closeCode();
    }

    private Received next() {
        try {
            for (int second = 0; second < PATIENCE_SECONDS; second++) {
                Received next = heard.poll(1, TimeUnit.SECONDS);
                if (next != null || isBroken()) {
                    return next == null ? new Received(null, 0) : next;
                }
            }
            throw new AssertionError("nothing came");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /**
     * The JDK tells nobody of an end without a farewell that comes while it hands over a message,
     * but whoever goes on writing finds out.
     */
    private boolean isBroken() {
        return socket.sendPing(ByteBuffer.allocate(0)).handle((sent, failed) -> failed).getNow(null)
                instanceof IOException;
    }

    /** Closes the socket properly. */
    public void goodbye() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    /** Breaks the connection off. */
    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }
}
