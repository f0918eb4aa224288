package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The users' door for WebSockets. What is none, or comes while there is nothing behind the doors,
 * it leaves to {@link OpenAiRoutes}.
 */
public final class WebSocketUpgrade implements Http1Upgrader {
    /**
     * How clients write the protocol that they upgrade to. RFC 6455, section 4.2.1, has the server
     * heed no case; Helidon looks for the very word.
     */
    public static final List<String> SPELLINGS =
            List.of("websocket", "WebSocket", "Websocket", "webSocket", "WEBSOCKET");

    private static final HeaderName VERSION = HeaderNames.create("Sec-WebSocket-Version");
    private static final HeaderName KEY = HeaderNames.create("Sec-WebSocket-Key");
    private static final int KEY_BYTES = 16;

    private final Supplier<Optional<OpenAiRoutes.Service>> service;
    private final ByteBudget memory;
    private final ClientIdentities clientIdentities;
    private final CorsOrigins origins;

    /**
     * Takes handshakes from now on.
     *
     * @param service empty while the server is not set up
     * @param memory what all clients together may have the server hold
     * @param visitors tell of requests that are refused
     * @param origins whose pages may open one, where that has been set
     */
    public WebSocketUpgrade(
            Supplier<Optional<OpenAiRoutes.Service>> service,
            ByteBudget memory,
            ClientIdentities clientIdentities,
            CorsOrigins origins) {
        this.service = service;
        this.memory = memory;
        this.clientIdentities = clientIdentities;
        this.origins = origins;
    }

    @Override
    public String supportedProtocol() {
        return SPELLINGS.getFirst();
    }

    @Override
    public @Nullable ServerConnection upgrade(
            ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        RequestTarget target = RequestTarget.of(prologue.uriPath().rawPath());
        String path = target.path();
        Optional<OpenAiRoutes.Service> open = service.get();
        if (open.isEmpty()
                || path == null
                || target.isMe()
                || !isHandshake(prologue, headers)
                || !origins.allowSocket(headers)) {
            return null;
        }
        ProxyRequest request =
                new ProxyRequest(
                        prologue.method().text(),
                        path,
                        prologue.hasQuery() ? prologue.query().rawValue() : null,
                        Credentials.headers(headers),
                        Credentials.key(headers, target),
                        ProxyRequest.Incoming.of(new byte[0]),
                        memory.lease());
        HelidonWebSocket.Handshake handshake =
                new HelidonWebSocket.Handshake(
                        request,
                        headers.get(KEY).get(),
                        Credentials.protocols(headers).anyMatch("realtime"::equals),
                        clientIdentities.of(request.key()));
        return new HelidonWebSocket(context, handshake, open.get().sockets());
    }

    private static boolean isHandshake(HttpPrologue prologue, WritableHeaders<?> headers) {
        return prologue.method().text().equals("GET")
                && headers.first(VERSION).filter("13"::equals).isPresent()
                && headers.first(KEY).filter(WebSocketUpgrade::isNonce).isPresent();
    }

    private static boolean isNonce(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
