package dev.oaiproxy.proxy.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.socket.ClientWebSocket;
import dev.oaiproxy.proxy.relay.socket.WebSocketRelay;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.websocket.WsCloseException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The client of a connection that becomes a WebSocket. */
final class HelidonWebSocket implements ServerConnection, ClientWebSocket {
    /**
     * The most bytes to skip after a message that is too large, since the client may still be
     * sending it.
     */
    private static final long MOST_SKIPPED_BYTES = 4L * WebSocketMessage.MOST;

    private final ConnectionContext context;
    private final ProxyRequest request;
    private final String acceptance;
    private final ClientIdentity clientIdentity;
    private final WebSocketRelay relay;
    private final FrameReader frameReader;
    private final FrameWriter writer;
    private volatile long trafficNanos = System.nanoTime();
    private volatile @Nullable Thread reader;

    /** True once a close frame was written; nothing may follow it. Guarded by this. */
    private boolean closed;

    /**
     * @param acceptance the headers that accept the client's handshake
     */
    HelidonWebSocket(
            ConnectionContext context,
            ProxyRequest request,
            String acceptance,
            ClientIdentity clientIdentity,
            WebSocketRelay relay) {
        this.context = context;
        this.request = request;
        this.acceptance = acceptance;
        this.clientIdentity = clientIdentity;
        this.relay = relay;
        this.frameReader = new FrameReader(context, request.lease());
        this.writer = new FrameWriter(context.dataWriter());
    }

    @Override
    public void handle(Limit limit) {
        ClientConnection.current().ifPresent(ClientConnection::switchProtocol);
        try (Lease _ = request.lease()) {
            relay.handle(request, this);
        } catch (ClientGoneException e) {
            close();
        }
    }

    @Override
    public void refuse(Refusal why) throws ClientGoneException {
        OpenAiError error = clientIdentity.refuse(why);
        byte[] answer = error.response();
        write(() -> context.dataWriter().writeNow(BufferData.create(answer)));
    }

    @Override
    public void accept() throws ClientGoneException {
        ClientConnection.current().ifPresent(ClientConnection::recognize);
        String head =
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + acceptance
                        + "\r\n";
        write(() -> context.dataWriter().writeNow(BufferData.create(head.getBytes(ISO_8859_1))));
    }

    @Override
    public WebSocketMessage receive() throws ClientGoneException {
        reader = Thread.currentThread();
        try {
            WebSocketMessage message = frameReader.read(this::pong);
            trafficNanos = System.nanoTime();
            if (message instanceof WebSocketMessage.Closed) {
                // RFC 6455, section 5.5.1: a close frame is answered with its own code.
                send(message);
            }
            return message;
        } catch (WsCloseException wrong) {
            frameReader.drop();
            String why = String.valueOf(wrong.getMessage());
            send(new WebSocketMessage.Closed(wrong.closeCode(), why));
            throw new ClientGoneException(wrong);
        } catch (RuntimeException left) {
            // Helidon reports a lost connection by several kinds of exceptions.
            throw new ClientGoneException(left);
        } finally {
            reader = null;
        }
    }

    private void pong(byte[] content) {
        locked(
                () -> {
                    if (!closed) {
                        writer.pong(content);
                    }
                });
    }

    /** Sends a message, unless a close frame was sent before. */
    @Override
    public void send(WebSocketMessage message) throws ClientGoneException {
        write(
                () -> {
                    if (!closed) {
                        closed = message instanceof WebSocketMessage.Closed;
                        writer.write(message);
                    }
                });
    }

    @Override
    public void linger() {
        reader = Thread.currentThread();
        ClientConnection.current().ifPresent(ClientConnection::awaitEnd);
        try {
            frameReader.skip(MOST_SKIPPED_BYTES);
        } catch (RuntimeException left) {
            // The client has left, as expected.
        } finally {
            reader = null;
        }
    }

    @Override
    public void object(Refusal why, @Nullable String eventId) throws ClientGoneException {
        send(new WebSocketMessage.Text(clientIdentity.refuse(why).event(eventId)));
    }

    private void write(Runnable what) throws ClientGoneException {
        try {
            locked(what);
            trafficNanos = System.nanoTime();
        } catch (RuntimeException left) {
            throw new ClientGoneException(left);
        }
    }

    private synchronized void locked(Runnable what) {
        what.run();
    }

    @Override
    public void close() {
        try {
            context.serverSocket().close();
        } catch (UncheckedIOException closed) {
            return;
        }
    }

    /** The time since the last message in either direction. */
    @Override
    public Duration idleTime() {
        return Duration.ofNanos(System.nanoTime() - trafficNanos);
    }

    /**
     * Ends the session as if the client had left, because the server stops or no message has come
     * for too long.
     */
    @Override
    public void close(boolean interrupt) {
        Thread waiting = reader;
        if (waiting != null) {
            waiting.interrupt();
        }
    }
}
