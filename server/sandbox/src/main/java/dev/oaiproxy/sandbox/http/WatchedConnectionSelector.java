package dev.oaiproxy.sandbox.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

/**
 * Accepts connections that tell a handler when its client disconnects. Helidon itself notices that
 * only when it writes.
 */
public final class WatchedConnectionSelector implements ServerConnectionSelector {
    /**
     * The current connection. A connection and its handlers share one virtual thread, which ends
     * with the connection.
     */
    private static final ThreadLocal<WatchedConnectionContext> LINE = new ThreadLocal<>();

    private final ServerConnectionSelector http;

    public WatchedConnectionSelector(Http1Upgrader sockets) {
        http =
                Http1ConnectionSelector.builder()
                        .config(Http1Config.create())
                        .putUpgrader(sockets.supportedProtocol(), sockets)
                        .build();
    }

    static WatchedConnectionContext line() {
        return LINE.get();
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        WatchedConnectionContext line = new WatchedConnectionContext(context);
        LINE.set(line);
        return http.connection(line);
    }
}
