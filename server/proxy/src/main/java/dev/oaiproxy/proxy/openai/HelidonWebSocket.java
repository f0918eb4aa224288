package dev.oaiproxy.proxy.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.socket.ClientWebSocket;
import dev.oaiproxy.proxy.relay.socket.WebSocketRelay;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.websocket.WsCloseException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The client of a connection that becomes a WebSocket. */
final class HelidonWebSocket implements ServerConnection, ClientWebSocket {
    /** The constant of the handshake; RFC 6455, section 1.3. */
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** The most bytes that a client may still have under way when its message was too large. */
    private static final long MOST_SKIPPED_BYTES = 4L * WebSocketMessage.MOST;

    private final ConnectionContext context;
    private final Handshake handshake;
    private final WebSocketRelay relay;
    private final FrameReader frameReader;
    private final FrameWriter writer;
    private final ReentrantLock writing = new ReentrantLock();
    private volatile long trafficNanos = System.nanoTime();
    private volatile @Nullable Thread reader;

    /** Set once a close frame was written, which nothing may follow. Guarded by the write lock. */
    private boolean closed;

    /**
     * The client's handshake.
     *
     * @param nonce its {@code Sec-WebSocket-Key}, which is not an API key
     * @param realtime true when it offers the subprotocol {@code realtime}
     */
    record Handshake(
            ProxyRequest request, String nonce, boolean realtime, ClientIdentity clientIdentity) {}

    HelidonWebSocket(ConnectionContext context, Handshake handshake, WebSocketRelay relay) {
        this.context = context;
        this.handshake = handshake;
        this.relay = relay;
        this.frameReader = new FrameReader(context, handshake.request().lease());
        this.writer = new FrameWriter(context.dataWriter());
    }

    /** A write that fails when the client has left. */
    private interface Writing {
        void run();
    }

    @Override
    public void handle(Limit limit) {
        ClientConnection.current().ifPresent(ClientConnection::switchProtocol);
        try (Lease _ = handshake.request().lease()) {
            relay.handle(handshake.request(), this);
        } catch (ClientGoneException e) {
            close();
        }
    }

    @Override
    public void refuse(Refusal why) throws ClientGoneException {
        OpenAiError error = handshake.clientIdentity().refuse(why);
        byte[] body = error.json();
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(error.status()).append(' ');
        head.append(Status.create(error.status()).reasonPhrase());
        head.append("\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ");
        head.append(body.length).append("\r\n");
        for (Headers.Header header : error.headers().all()) {
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(ISO_8859_1);
        write(
                () ->
                        context.dataWriter()
                                .writeNow(
                                        BufferData.create(
                                                BufferData.create(start),
                                                BufferData.create(body))));
    }

    @Override
    public void accept() throws ClientGoneException {
        ClientConnection.current().ifPresent(ClientConnection::recognize);
        String head =
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: "
                        + acceptance()
                        + (handshake.realtime() ? "\r\nSec-WebSocket-Protocol: realtime" : "")
                        + "\r\n\r\n";
        write(() -> context.dataWriter().writeNow(BufferData.create(head.getBytes(ISO_8859_1))));
    }

    private String acceptance() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest((handshake.nonce() + GUID).getBytes(ISO_8859_1));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
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
            // That is what is waited for.
        } finally {
            reader = null;
        }
    }

    @Override
    public void object(Refusal why, @Nullable String eventId) throws ClientGoneException {
        send(new WebSocketMessage.Text(handshake.clientIdentity().refuse(why).event(eventId)));
    }

    private void write(Writing what) throws ClientGoneException {
        try {
            locked(what);
            trafficNanos = System.nanoTime();
        } catch (RuntimeException left) {
            throw new ClientGoneException(left);
        }
    }

    private void locked(Writing what) {
        writing.lock();
        try {
            what.run();
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        context.serverSocket().close();
    }

    /** The time since the last message in either direction. */
    @Override
    public Duration idleTime() {
        return Duration.ofNanos(System.nanoTime() - trafficNanos);
    }

    /**
     * Ends the conversation as if the client had left: the server stops, or has heard nothing for
     * too long.
     */
    @Override
    public void close(boolean interrupt) {
        Thread waiting = reader;
        if (waiting != null) {
            waiting.interrupt();
        }
    }
}
