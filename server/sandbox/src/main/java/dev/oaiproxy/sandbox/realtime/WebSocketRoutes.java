package dev.oaiproxy.sandbox.realtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.JsonWebSocket;
import dev.oaiproxy.sandbox.http.JsonWebSocket.MessageListener;
import dev.oaiproxy.sandbox.response.ResponsesSocketHandler;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsConnection;
import io.helidon.webserver.websocket.WsUpgrader;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Upgrades requests to WebSockets by their path. Helidon routes all others as ordinary requests.
 */
public final class WebSocketRoutes extends WsUpgrader {
    public static final int MOST_FRAME_BYTES = 16 << 20;

    private final SandboxState sandbox;

    public WebSocketRoutes(SandboxState sandbox) {
        super(WsConfig.create());
        this.sandbox = sandbox;
    }

    @Override
    public @Nullable ServerConnection upgrade(
            ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        boolean known =
                headers.first(HeaderNames.AUTHORIZATION)
                        .filter(("Bearer " + sandbox.settings().apiKey())::equals)
                        .isPresent();
        Optional<Function<JsonWebSocket, MessageListener>> listener =
                known ? listener(prologue) : Optional.empty();
        if (listener.isEmpty() || !headers.contains(WS_KEY)) {
            return null;
        }
        String key = headers.get(WS_KEY).get();
        boolean realtime = headers.first(PROTOCOL).filter("realtime"::equals).isPresent();
        String response =
                SWITCHING_PROTOCOL_PREFIX
                        + hash(context, key)
                        + (realtime ? "\r\nSec-WebSocket-Protocol: realtime" : "")
                        + "\r\nx-request-id: req_"
                        + sandbox.nextId()
                        + SWITCHING_PROTOCOLS_SUFFIX;
        context.dataWriter().writeNow(BufferData.create(response.getBytes(US_ASCII)));
        JsonWebSocket socket = new JsonWebSocket(Thread.currentThread(), listener.get());
        return new WatchedConnection(
                WsConnection.create(context, prologue, headers, key, socket), socket);
    }

    private Optional<Function<JsonWebSocket, MessageListener>> listener(HttpPrologue prologue) {
        String path = prologue.uriPath().path();
        String model = prologue.query().first("model").orElse("");
        boolean transcribes = prologue.query().first("intent").orElse("").equals("transcription");
        return switch (path) {
            case "/v1/realtime" ->
                    transcribes
                            ? Optional.of(
                                    socket -> RealtimeSocketHandler.transcribing(sandbox, socket))
                            : conversation(model);
            case "/v1/realtime/translations" ->
                    RealtimeModels.translates(model)
                            ? Optional.of(
                                    socket -> new TranslationSocketHandler(sandbox, socket, model))
                            : Optional.empty();
            case "/v1/responses" ->
                    Optional.of(socket -> new ResponsesSocketHandler(sandbox, socket));
            default -> Optional.empty();
        };
    }

    private Optional<Function<JsonWebSocket, MessageListener>> conversation(String model) {
        return RealtimeModels.converses(model)
                ? Optional.of(socket -> RealtimeSocketHandler.with(sandbox, socket, model))
                : Optional.empty();
    }

    /** Tells the WebSocket when its connection breaks, which Helidon does not. */
    private record WatchedConnection(ServerConnection connection, JsonWebSocket socket)
            implements ServerConnection {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            try {
                connection.handle(limit);
            } finally {
                socket.closed();
            }
        }

        @Override
        public Duration idleTime() {
            return connection.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            connection.close(interrupt);
        }
    }
}
