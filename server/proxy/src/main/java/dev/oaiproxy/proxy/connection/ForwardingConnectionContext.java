package dev.oaiproxy.proxy.connection;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * A connection that delegates to another one, except in the methods that an implementation
 * overrides.
 */
public interface ForwardingConnectionContext extends ConnectionContext {
    /** The other connection. */
    ConnectionContext plain();

    @Override
    default DataReader dataReader() {
        return plain().dataReader();
    }

    @Override
    default DataWriter dataWriter() {
        return plain().dataWriter();
    }

    @Override
    default ListenerContext listenerContext() {
        return plain().listenerContext();
    }

    @Override
    default ExecutorService executor() {
        return plain().executor();
    }

    @Override
    default Router router() {
        return plain().router();
    }

    @Override
    default Optional<ProxyProtocolData> proxyProtocolData() {
        return plain().proxyProtocolData();
    }

    @Override
    default HelidonSocket serverSocket() {
        return plain().serverSocket();
    }

    @Override
    default PeerInfo remotePeer() {
        return plain().remotePeer();
    }

    @Override
    default PeerInfo localPeer() {
        return plain().localPeer();
    }

    @Override
    default boolean isSecure() {
        return plain().isSecure();
    }

    @Override
    default String socketId() {
        return plain().socketId();
    }

    @Override
    default String childSocketId() {
        return plain().childSocketId();
    }
}
