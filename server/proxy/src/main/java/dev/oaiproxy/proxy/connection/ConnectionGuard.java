package dev.oaiproxy.proxy.connection;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

/**
 * Puts a {@link ClientConnection} around each connection of a protocol. Helidon's own reader of
 * HTTP/1.1 has bounds for request lines and heads, but none for the lines of a chunked body and its
 * trailers, and no time limit.
 */
public final class ConnectionGuard implements ServerConnectionSelector {
    private final ServerConnectionSelector protocol;
    private final ClientConnections connections;
    private final ErrorAnswers errors;

    /**
     * @param protocol HTTP/1.1
     * @param errors the errors for clients that never reach a handler
     */
    public ConnectionGuard(
            ServerConnectionSelector protocol, ClientConnections connections, ErrorAnswers errors) {
        this.protocol = protocol;
        this.connections = connections;
        this.errors = errors;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return protocol.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return protocol.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return protocol.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        return new ClientConnection(connections, context, protocol, errors);
    }
}
