package dev.oaiproxy.proxy.upstream.websocket;

import static dev.oaiproxy.proxy.upstream.UpstreamException.Kind.UNKNOWN;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's WebSocket, read message by message.
 *
 * <p>A connection can end unnoticed. Where a machine or a line dies, nothing says so; and the JDK
 * (25, {@code SignallingMessageConsumer.onComplete}) fails on an end without a farewell that comes
 * while it hands over a message, or while none is asked for, and tells nobody. So one message is
 * asked for ahead, and a silent connection is asked for a sign of life.
 */
final class JdkWebSocket implements UpstreamWebSocket, WebSocket.Listener {
    private static final int OWN_CODES = 3000;
    private static final int NO_FAREWELL = 1006;
    private static final long FAREWELL_SECONDS = 1;
    private static final long BYTES_PER_CHARACTER = 2;

    /** For each character or byte: the memory that doubles, and the copy of it at the end. */
    private static final long BYTES_WHILE_IT_GROWS = 6;

    /** Holds two messages at most, for the next is asked for when one is taken; and the end. */
    private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();

    private final Duration patience;
    private final Lease lease;
    private volatile boolean answered;
    private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();
    private StringBuilder text = new StringBuilder();
    private ByteArrayOutputStream binary = new ByteArrayOutputStream();

    /** What the message that is being put together takes of the lease. */
    private long taken;

    /** What the message that was received last takes of it. */
    private long received;

    /** A message and what it takes of the lease, or why there are no more. */
    private record Arrival(
            @Nullable WebSocketMessage webSocketMessage, long bytes, @Nullable Exception broken) {}

    /**
     * @param patience how long OpenAI may be silent before it is asked whether it is there, and how
     *     long it may take to answer that
     * @param lease what messages are taken from; one is given back when the next is asked for
     */
    JdkWebSocket(Duration patience, Lease lease) {
        this.patience = patience;
        this.lease = lease;
    }

    void opened(WebSocket opened) {
        opened.request(1);
        socket.complete(opened);
    }

    /** Asks for nothing yet: the default would ask for the first message. */
    @Override
    public void onOpen(WebSocket opened) {}

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        answered = true;
        if (hasRoom(from, text.length(), part.length())) {
            text.append(part);
            if (last) {
                arrive(
                        new WebSocketMessage.Text(text.toString()),
                        BYTES_PER_CHARACTER * text.length());
                text = new StringBuilder();
            } else {
                from.request(1);
            }
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
        answered = true;
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        if (hasRoom(from, binary.size(), bytes.length)) {
            binary.writeBytes(bytes);
            if (last) {
                arrive(new WebSocketMessage.Binary(binary.toByteArray()), binary.size());
                binary = new ByteArrayOutputStream();
            } else {
                from.request(1);
            }
        }
        return null;
    }

    private boolean hasRoom(WebSocket from, int size, int more) {
        if (size + more > WebSocketMessage.MOST) {
            from.abort();
            broken(new IOException("a message is too large"));
            return false;
        }
        long bytes = BYTES_WHILE_IT_GROWS * more;
        if (!lease.take(Use.RESPONSE, bytes)) {
            from.abort();
            broken(new NoRoomException());
            return false;
        }
        taken += bytes;
        return true;
    }

    /** What it took while it grew, and does no more, is given back. */
    private void arrive(WebSocketMessage webSocketMessage, long bytes) {
        lease.give(taken - bytes);
        taken = 0;
        arrived.add(new Arrival(webSocketMessage, bytes, null));
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer content) {
        answered = true;
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer content) {
        answered = true;
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        if (code == NO_FAREWELL) {
            broken(new IOException("the connection ended without a word"));
        } else {
            arrived.add(new Arrival(new WebSocketMessage.Closed(code, reason), 0, null));
        }
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        broken(new IOException(error));
    }

    private void broken(Exception why) {
        arrived.add(new Arrival(null, 0, why));
    }

    @Override
    public WebSocketMessage receive() throws UpstreamException {
        lease.give(received);
        received = 0;
        socket.join().request(1);
        try {
            Arrival next = next(socket.join());
            if (next.webSocketMessage() != null) {
                received = next.bytes();
                return next.webSocketMessage();
            }
            arrived.add(next);
            if (next.broken() instanceof NoRoomException noRoom) {
                throw noRoom;
            }
            throw new UpstreamException(
                    UNKNOWN, "the connection to OpenAI broke", cause(next.broken()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException(UNKNOWN, "stopped", new IOException(e));
        }
    }

    private Arrival next(WebSocket open) throws InterruptedException {
        Arrival next = arrived.poll(patience.toNanos(), NANOSECONDS);
        while (next == null) {
            answered = false;
            // A ping that cannot be sent gets no answer either.
            CompletableFuture<WebSocket> _ = open.sendPing(ByteBuffer.allocate(0));
            next = arrived.poll(patience.toNanos(), NANOSECONDS);
            if (next == null && !answered) {
                open.abort();
                return new Arrival(null, 0, new IOException("no sign of life"));
            }
        }
        return next;
    }

    private static IOException cause(@Nullable Exception broken) {
        return broken instanceof IOException cause ? cause : new IOException("closed", broken);
    }

    @Override
    public void send(WebSocketMessage webSocketMessage) throws UpstreamException {
        WebSocket open = socket.join();
        try {
            switch (webSocketMessage) {
                case WebSocketMessage.Text said -> open.sendText(said.text(), true).join();
                case WebSocketMessage.Binary sent ->
                        open.sendBinary(ByteBuffer.wrap(sent.bytes()), true).join();
                case WebSocketMessage.Closed closed ->
                        open.sendClose(sendable(closed.code()), closed.reason()).join();
            }
        } catch (CompletionException | IllegalArgumentException e) {
            throw new UpstreamException(
                    UNKNOWN, "the connection to OpenAI broke", new IOException(e));
        }
    }

    /** The JDK's client may not give most of the codes that are not an application's own. */
    private static int sendable(int code) {
        return code < OWN_CODES ? WebSocket.NORMAL_CLOSURE : code;
    }

    /** Says goodbye, and does not wait long for OpenAI to take it. */
    @Override
    public void close() {
        broken(new IOException("closed from here"));
        WebSocket open = socket.join();
        CompletableFuture<WebSocket> _ =
                open.sendClose(WebSocket.NORMAL_CLOSURE, "")
                        .orTimeout(FAREWELL_SECONDS, SECONDS)
                        .whenComplete((_, _) -> open.abort());
    }
}
