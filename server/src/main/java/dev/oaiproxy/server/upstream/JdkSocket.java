package dev.oaiproxy.server.upstream;

import static dev.oaiproxy.server.upstream.UpstreamException.Kind.UNKNOWN;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

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
final class JdkSocket implements Socket, WebSocket.Listener {
    private static final int OWN_CODES = 3000;
    private static final int NO_FAREWELL = 1006;

    /** Holds two messages at most, for the next is asked for when one is taken; and the end. */
    private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();

    private final Duration patience;
    private volatile boolean answered;
    private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

    /** A message, or why there are no more. */
    private record Arrival(@Nullable Message message, @Nullable IOException broken) {}

    /**
     * @param patience how long OpenAI may be silent before it is asked whether it is there, and how
     *     long it may take to answer that
     */
    JdkSocket(Duration patience) {
        this.patience = patience;
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
        text.append(part);
        if (!isTooLarge(from, text.length())) {
            if (last) {
                arrived.add(new Arrival(new Message.Text(text.toString()), null));
                text.setLength(0);
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
        binary.writeBytes(bytes);
        if (!isTooLarge(from, binary.size())) {
            if (last) {
                arrived.add(new Arrival(new Message.Binary(binary.toByteArray()), null));
                binary.reset();
            } else {
                from.request(1);
            }
        }
        return null;
    }

    private boolean isTooLarge(WebSocket from, int size) {
        if (size > Message.MOST) {
            from.abort();
            broken(new IOException("a message is too large"));
            return true;
        }
        return false;
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
            arrived.add(new Arrival(new Message.Closed(code, reason), null));
        }
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        broken(new IOException(error));
    }

    private void broken(IOException why) {
        arrived.add(new Arrival(null, why));
    }

    @Override
    public Message receive() throws UpstreamException {
        socket.join().request(1);
        try {
            Arrival next = next(socket.join());
            if (next.message() != null) {
                return next.message();
            }
            arrived.add(next);
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
                return new Arrival(null, new IOException("no sign of life"));
            }
        }
        return next;
    }

    private static IOException cause(@Nullable IOException broken) {
        return broken == null ? new IOException("closed") : broken;
    }

    @Override
    public void send(Message message) throws UpstreamException {
        WebSocket open = socket.join();
        try {
            switch (message) {
                case Message.Text said -> open.sendText(said.text(), true).join();
                case Message.Binary sent ->
                        open.sendBinary(ByteBuffer.wrap(sent.bytes()), true).join();
                case Message.Closed closed ->
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

    @Override
    public void close() {
        broken(new IOException("closed from here"));
        socket.join().abort();
    }
}
