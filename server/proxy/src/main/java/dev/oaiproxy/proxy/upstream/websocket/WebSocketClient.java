package dev.oaiproxy.proxy.upstream.websocket;

import static dev.oaiproxy.proxy.upstream.UpstreamException.SendState.NOT_SENT;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamSettings;
import dev.oaiproxy.proxy.upstream.outbound.OutboundProxy;
import dev.oaiproxy.proxy.upstream.outbound.ProxyTunnel;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Opens WebSockets to OpenAI with the proxy's secret. */
public final class WebSocketClient implements AutoCloseable {
    private static final String DISABLED_LOGINS = "jdk.http.auth.tunneling.disabledSchemes";

    static {
        // The JDK sends no password to a proxy in the clear unless it is told to. It reads this
        // when its HTTP client is used for the first time.
        if (System.getProperty(DISABLED_LOGINS) == null) {
            System.setProperty(DISABLED_LOGINS, "");
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final UpstreamSettings settings;
    private final Duration patience;
    private @Nullable HttpClient client;

    public WebSocketClient(UpstreamSettings settings) {
        this(settings, PATIENCE);
    }

    /**
     * @param patience the longest silence of an open socket before OpenAI is pinged
     */
    WebSocketClient(UpstreamSettings settings, Duration patience) {
        this.settings = settings;
        this.patience = patience;
    }

    /** Made for the first socket: it reads all certificates that Java trusts. */
    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            OutboundProxy proxy = settings.proxy();
            made =
                    HttpClient.newBuilder()
                            .executor(Executors.newVirtualThreadPerTaskExecutor())
                            .connectTimeout(settings.connectTimeout())
                            .proxy(
                                    proxy == null
                                            ? HttpClient.Builder.NO_PROXY
                                            : ProxySelector.of(proxy.unresolved()))
                            .build();
            client = made;
        }
        return made;
    }

    /**
     * Opens a WebSocket.
     *
     * @param headers the headers to send, without the key and those of the handshake
     * @param lease the memory for messages until they have been handled
     * @throws UpstreamException when OpenAI cannot be reached
     */
    public HandshakeResult open(String pathAndQuery, Headers headers, Lease lease)
            throws UpstreamException {
        WebSocket.Builder builder =
                client().newWebSocketBuilder()
                        .connectTimeout(settings.connectTimeout())
                        .header("Authorization", "Bearer " + settings.apiKey());
        OutboundProxy proxy = settings.proxy();
        if (proxy != null) {
            proxy.authorization().ifPresent(login -> builder.header("Proxy-Authorization", login));
        }
        headers.all().forEach(header -> builder.header(header.name(), header.value()));
        JdkWebSocket socket = new JdkWebSocket(patience, lease);
        try {
            socket.opened(builder.buildAsync(address(pathAndQuery), socket).join());
            return new HandshakeResult.Opened(socket);
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                int status = refused.getResponse().statusCode();
                if (proxy == null || status != ProxyTunnel.LOGIN_WANTED) {
                    return new HandshakeResult.Rejected(status);
                }
                throw new UpstreamException(
                        NOT_SENT,
                        "the proxy refused the connection",
                        ProxyTunnel.refused(proxy, status));
            }
            throw new UpstreamException(
                    NOT_SENT, "OpenAI cannot be reached", new IOException(e.getCause()));
        }
    }

    private URI address(String pathAndQuery) {
        String scheme = settings.isTls() ? "wss://" : "ws://";
        return URI.create(
                scheme + settings.base().getRawAuthority() + settings.path() + pathAndQuery);
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
