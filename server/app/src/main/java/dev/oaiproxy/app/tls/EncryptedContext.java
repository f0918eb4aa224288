package dev.oaiproxy.app.tls;

import dev.oaiproxy.proxy.connection.ForwardingConnectionContext;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A connection as HTTP sees it, with TLS below. */
final class EncryptedContext implements ForwardingConnectionContext {
    private final ConnectionContext plain;
    private final EncryptedSocket socket;
    private final DataReader reader;

    EncryptedContext(ConnectionContext plain, EncryptedSocket socket) {
        this.plain = plain;
        this.socket = socket;
        this.reader = DataReader.create(this::read);
    }

    /** Ends the connection with an exception that Helidon does not log. */
    private byte @Nullable [] read() {
        try {
            return socket.get();
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("the connection broke", e);
        }
    }

    @Override
    public ConnectionContext plain() {
        return plain;
    }

    @Override
    public HelidonSocket serverSocket() {
        return socket;
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public DataWriter dataWriter() {
        return socket;
    }

    @Override
    public boolean isSecure() {
        return true;
    }
}
