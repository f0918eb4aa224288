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

/** A connection that is another one, but for what a subclass changes. */
public class ForwardingConnectionContext implements ConnectionContext {
    private final ConnectionContext plain;

    protected ForwardingConnectionContext(ConnectionContext plain) {
        this.plain = plain;
    }

    @Override
    public DataReader dataReader() {
        return plain.dataReader();
    }

    @Override
    public DataWriter dataWriter() {
        return plain.dataWriter();
    }

    @Override
    public ListenerContext listenerContext() {
        return plain.listenerContext();
    }

    @Override
    public ExecutorService executor() {
        return plain.executor();
    }

    @Override
    public Router router() {
        return plain.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return plain.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
        return plain.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
        return plain.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return plain.localPeer();
    }

    @Override
    public boolean isSecure() {
        return plain.isSecure();
    }

    @Override
    public String socketId() {
        return plain.socketId();
    }

    @Override
    public String childSocketId() {
        return plain.childSocketId();
    }
}
