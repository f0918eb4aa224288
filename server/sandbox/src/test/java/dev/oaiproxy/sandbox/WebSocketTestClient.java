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

/** A WebSocket client for tests, which queues the events that it receives. */
public final class WebSocketTestClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 40;

    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<Received> heard = new LinkedBlockingQueue<>();
    private final WebSocket socket;

    /** An event, or the end with its close code (0 for a broken connection). */
    private record Received(@Nullable JsonNode event, int closeCode) {}

    /** A refused handshake, with its response. */
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

    /** Opens a WebSocket at an {@code http} address, with headers given as names and values. */
    public static WebSocketTestClient at(URI address, String... headers) {
        return new WebSocketTestClient(ws(address), List.of(), headers);
    }

    /** Opens a WebSocket like a browser, which cannot send headers. */
    public static WebSocketTestClient offering(URI address, List<String> protocols) {
        return new WebSocketTestClient(ws(address), protocols);
    }

    private static URI ws(URI address) {
        return URI.create(address.toString().replaceFirst("http", "ws"));
    }

    /** The negotiated subprotocol. */
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

    /** Sends an event as JSON, whose quotes may be single ones. */
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

    /** The next event of any type. */
    public JsonNode event() {
        Received next = next();
        if (next.event() == null) {
            throw new AssertionError("the socket was closed: " + next.closeCode());
        }
        return next.event();
    }

    /** The next event of a type; skips all before it. */
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

    /** All events until the WebSocket is closed. */
    public List<JsonNode> rest() {
        List<JsonNode> events = new ArrayList<>();
        for (Received next = next(); next.event() != null; next = next()) {
            events.add(next.event());
        }
        return events;
    }

    /** The close code, 0 for a broken connection. */
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
     * Finds a broken connection by a write. The JDK reports no end without a close frame if it
     * comes during the delivery of a message.
     */
    private boolean isBroken() {
        return socket.sendPing(ByteBuffer.allocate(0)).handle((sent, failed) -> failed).getNow(null)
                instanceof IOException;
    }

    /** Sends a close frame. */
    public void goodbye() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    /** Breaks the connection off without a close frame. */
    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }
}
