package dev.oaiproxy.proxy.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.upstream.Headers;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Upgrades connections to WebSockets. Other requests, and all requests before the server is set up,
 * are left to {@link OpenAiRoutes}.
 */
public final class WebSocketUpgrade implements Http1Upgrader {
    /**
     * The spellings of the protocol. RFC 6455, section 4.2.1, compares it without regard to case,
     * but Helidon compares exactly.
     */
    public static final List<String> SPELLINGS =
            List.of("websocket", "WebSocket", "Websocket", "webSocket", "WEBSOCKET");

    private static final HeaderName VERSION = HeaderNames.create("Sec-WebSocket-Version");
    private static final HeaderName KEY = HeaderNames.create("Sec-WebSocket-Key");
    private static final int KEY_BYTES = 16;

    /** The constant of the handshake; RFC 6455, section 1.3. */
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final Supplier<Optional<OpenAiRoutes.Service>> service;
    private final ByteBudget memory;
    private final RefusalErrors refusalErrors;
    private final CorsOrigins origins;

    /**
     * @param service empty while the server is not set up
     * @param memory the memory that all clients together may use
     * @param refusalErrors turns refusals into errors, and logs them
     * @param origins the origins whose pages may open a WebSocket
     */
    public WebSocketUpgrade(
            Supplier<Optional<OpenAiRoutes.Service>> service,
            ByteBudget memory,
            RefusalErrors refusalErrors,
            CorsOrigins origins) {
        this.service = service;
        this.memory = memory;
        this.refusalErrors = refusalErrors;
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
                        Headers.of(headers),
                        Credentials.key(headers, target),
                        ProxyRequest.Incoming.of(new byte[0]),
                        memory.lease());
        return new HelidonWebSocket(
                context,
                request,
                acceptance(headers),
                refusalErrors.client(request.key()),
                open.get().sockets());
    }

    /** The headers that accept a handshake; {@code Sec-WebSocket-Key} is not an API key. */
    private static String acceptance(WritableHeaders<?> headers) {
        try {
            byte[] nonce = (headers.get(KEY).get() + GUID).getBytes(ISO_8859_1);
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(nonce);
            boolean realtime = Credentials.protocols(headers).anyMatch("realtime"::equals);
            return "Sec-WebSocket-Accept: "
                    + Base64.getEncoder().encodeToString(hash)
                    + (realtime ? "\r\nSec-WebSocket-Protocol: realtime\r\n" : "\r\n");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
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
