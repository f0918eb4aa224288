package dev.oaiproxy.sandbox.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.common.buffers.BufferData;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One client's WebSocket: JSON messages in, JSON messages out, from any thread. */
public final class JsonWebSocket implements WsListener {
    private final Thread reader;
    private final MessageListener talk;
    private final StringBuilder text = new StringBuilder();
    private final ReentrantLock sending = new ReentrantLock();
    private final CountDownLatch gone = new CountDownLatch(1);
    private @Nullable WsSession session;

    /** What is said on a socket. */
    public interface MessageListener {
        void opened();

        /** Takes a message; what is no JSON object is a missing node. */
        void received(JsonNode message);

        /** The client has left, or was left. */
        public void closed();
    }

    /**
     * @param reader the thread of the connection, which reads from it to its end
     */
    public JsonWebSocket(Thread reader, Function<JsonWebSocket, MessageListener> talk) {
        this.reader = reader;
        this.talk = talk.apply(this);
    }

    @Override
    public void onOpen(WsSession opened) {
        session = opened;
        talk.opened();
    }

    @Override
    public void onMessage(WsSession from, String part, boolean last) {
        text.append(part);
        if (last) {
            JsonNode message = json(text.toString());
            text.setLength(0);
            talk.received(message);
        }
    }

    private static JsonNode json(String text) {
        try {
            return HttpExchange.JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            return MissingNode.getInstance();
        }
    }

    @Override
    public void onPing(WsSession from, BufferData content) {
        send(to -> to.pong(content));
    }

    /** Sends a message; false when the client has left. */
    public boolean send(ObjectNode message) {
        return send(to -> to.send(message.toString(), true));
    }

    /** Says goodbye. */
    public void close(int code, String reason) {
        send(to -> to.close(code, reason));
    }

    private interface Sending {
        void to(WsSession session);
    }

    private boolean send(Sending what) {
        WsSession open = session;
        sending.lock();
        try {
            if (open == null || gone.getCount() == 0) {
                return false;
            }
            what.to(open);
            return true;
        } catch (RuntimeException left) {
            return false;
        } finally {
            sending.unlock();
        }
    }

    /** Takes its time; false when the client has left meanwhile. */
    public boolean pause(Duration time) {
        try {
            return !gone.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Closes the connection as it stands. */
    public void cut() {
        closed();
        // A channel that one thread closes while another waits in it may stay open; a thread that
        // is interrupted in it closes it itself.
        reader.interrupt();
    }

    /** Notes that the connection has ended. */
    public void closed() {
        gone.countDown();
        talk.closed();
    }
}
