package dev.oaiproxy.proxy.upstream.websocket;

import static dev.oaiproxy.proxy.upstream.UpstreamException.SendState.UNKNOWN;
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
 * <p>A connection can end unnoticed. A machine or a line fails without a sign. The JDK (25, {@code
 * SignallingMessageConsumer.onComplete}) does not report an end without a close frame that comes
 * while it hands over a message, or while no message is requested. So one message is requested
 * ahead, and a silent connection is pinged.
 */
final class JdkWebSocket implements UpstreamWebSocket, WebSocket.Listener {
    private static final int OWN_CODES = 3000;
    private static final int NO_FAREWELL = 1006;
    private static final long FAREWELL_SECONDS = 1;
    private static final long BYTES_PER_CHARACTER = 2;

    /**
     * Bytes of memory for each character or byte: a buffer that doubles, and its copy at the end.
     */
    private static final long BYTES_WHILE_IT_GROWS = 6;

    /**
     * Holds at most two messages and the end, since the next message is requested when one is
     * taken.
     */
    private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();

    private final Duration patience;
    private final Lease lease;
    private volatile boolean answered;
    private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();
    private StringBuilder text = new StringBuilder();
    private ByteArrayOutputStream binary = new ByteArrayOutputStream();

    /** Memory of the unfinished message. */
    private long taken;

    /** Memory of the message that was received last. */
    private long received;

    /** A message with its memory, or the reason why there are no more. */
    private record Arrival(
            @Nullable WebSocketMessage webSocketMessage, long bytes, @Nullable Exception broken) {}

    /**
     * @param patience the longest silence of OpenAI before a ping, and before the answer to it
     * @param lease the memory for messages; the memory of a message is given back when the next one
     *     is received
     */
    JdkWebSocket(Duration patience, Lease lease) {
        this.patience = patience;
        this.lease = lease;
    }

    void opened(WebSocket opened) {
        opened.request(1);
        socket.complete(opened);
    }

    /** Requests nothing yet. The default would request the first message. */
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

    /** Queues a message, and gives back the memory that it no longer needs. */
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
        return onPing(from, content);
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        if (code == NO_FAREWELL) {
            broken(new IOException("the connection ended without a close frame"));
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
                    UNKNOWN, "the connection to OpenAI was lost", cause(next.broken()));
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
                return new Arrival(null, 0, new IOException("OpenAI did not answer a ping"));
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
                    UNKNOWN, "the connection to OpenAI was lost", new IOException(e));
        }
    }

    /**
     * A close code that the JDK's client may send: it refuses most codes that are not an
     * application's own.
     */
    private static int sendable(int code) {
        return code < OWN_CODES ? WebSocket.NORMAL_CLOSURE : code;
    }

    /** Sends a close frame, and aborts soon if OpenAI does not take it. */
    @Override
    public void close() {
        broken(new IOException("closed by the proxy"));
        WebSocket open = socket.join();
        CompletableFuture<WebSocket> _ =
                open.sendClose(WebSocket.NORMAL_CLOSURE, "")
                        .orTimeout(FAREWELL_SECONDS, SECONDS)
                        .whenComplete((_, _) -> open.abort());
    }
}
