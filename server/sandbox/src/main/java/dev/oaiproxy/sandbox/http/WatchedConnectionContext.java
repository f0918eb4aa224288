package dev.oaiproxy.sandbox.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * A client connection. While a handler works, another thread reads ahead. It keeps the bytes of the
 * next request for the server, and takes the end of the input for a disconnect.
 */
final class WatchedConnectionContext implements ConnectionContext {
    private final ConnectionContext context;
    private final DataReader origin;
    private final DataReader reader = DataReader.create(this::next);
    private final StopSignal gone = new StopSignal();
    private @Nullable CompletableFuture<byte @Nullable []> ahead;

    WatchedConnectionContext(ConnectionContext context) {
        this.context = context;
        this.origin = context.dataReader();
    }

    /**
     * Starts to watch the client. Its request must have been read completely.
     *
     * @return the signal that the client has disconnected
     */
    StopSignal watch() {
        if (ahead == null) {
            CompletableFuture<byte @Nullable []> result = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> result.complete(pull()));
            ahead = result;
        }
        return gone;
    }

    private byte @Nullable [] next() {
        CompletableFuture<byte @Nullable []> pending = ahead;
        ahead = null;
        return pending == null ? pull() : pending.join();
    }

    private byte @Nullable [] pull() {
        try {
            origin.ensureAvailable();
            return origin.readBytes(origin.available());
        } catch (RuntimeException ended) {
            gone.stop();
            return null;
        }
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public HelidonSocket serverSocket() {
        return context.serverSocket();
    }

    @Override
    public ListenerContext listenerContext() {
        return context.listenerContext();
    }

    @Override
    public ExecutorService executor() {
        return context.executor();
    }

    @Override
    public DataWriter dataWriter() {
        return context.dataWriter();
    }

    @Override
    public Router router() {
        return context.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return context.proxyProtocolData();
    }

    @Override
    public PeerInfo remotePeer() {
        return context.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return context.localPeer();
    }

    @Override
    public boolean isSecure() {
        return context.isSecure();
    }

    @Override
    public String socketId() {
        return context.socketId();
    }

    @Override
    public String childSocketId() {
        return context.childSocketId();
    }
}
