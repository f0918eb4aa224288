package dev.oaiproxy.app.tls;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;

/**
 * Puts TLS under the connections of another selector. Helidon's own TLS is not used: it looks up
 * the name of every client's address before the handshake, on a thread that all connections share,
 * so that a slow name server, which may be the client's, stops all of them.
 */
public final class TlsSelector implements ServerConnectionSelector {
    private final ServerConnectionSelector inner;
    private final Certificates certificates;

    /**
     * @param inner what is spoken within TLS
     */
    public TlsSelector(ServerConnectionSelector inner, Certificates certificates) {
        this.inner = inner;
        this.certificates = certificates;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return inner.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext plain) {
        EncryptedSocket socket = new EncryptedSocket(plain.serverSocket(), certificates.context());
        return new Encrypted(inner.connection(new EncryptedContext(plain, socket)), socket);
    }

    /** A connection at whose end the client is told that nothing was cut off. */
    private record Encrypted(ServerConnection inner, EncryptedSocket socket)
            implements ServerConnection, InterruptableTask<Void> {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            try {
                inner.handle(limit);
            } finally {
                socket.sayGoodbye();
            }
        }

        @Override
        public Duration idleTime() {
            return inner.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            inner.close(interrupt);
        }

        @Override
        public boolean canInterrupt() {
            return inner instanceof InterruptableTask<?> task && task.canInterrupt();
        }

        @Override
        public void run() {
            throw new IllegalStateException("a connection is handled, not run");
        }
    }
}
