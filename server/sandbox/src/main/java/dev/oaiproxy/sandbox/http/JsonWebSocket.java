package dev.oaiproxy.sandbox.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.common.buffers.BufferData;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client's WebSocket that carries JSON messages. Any thread may send. */
public final class JsonWebSocket implements WsListener {
    private final Thread reader;
    private final MessageListener listener;
    private final StringBuilder text = new StringBuilder();
    private final StopSignal gone = new StopSignal();
    private @Nullable WsSession session;

    public interface MessageListener {
        void opened();

        /** Handles a message. Malformed JSON arrives as a missing node. */
        void received(JsonNode message);

        /** The connection has ended, from either side. */
        default void closed() {}
    }

    /**
     * @param reader the thread that reads the connection until it ends
     */
    public JsonWebSocket(Thread reader, Function<JsonWebSocket, MessageListener> listener) {
        this.reader = reader;
        this.listener = listener.apply(this);
    }

    @Override
    public void onOpen(WsSession opened) {
        session = opened;
        listener.opened();
    }

    @Override
    public void onMessage(WsSession from, String part, boolean last) {
        text.append(part);
        if (last) {
            JsonNode message = json(text.toString());
            text.setLength(0);
            listener.received(message);
        }
    }

    private static JsonNode json(String text) {
        try {
            return JsonObjects.MAPPER.readTree(text);
        } catch (JsonProcessingException malformed) {
            return MissingNode.getInstance();
        }
    }

    @Override
    public void onPing(WsSession from, BufferData content) {
        send(to -> to.pong(content));
    }

    /** Sends a message; returns false if the client has disconnected. */
    public boolean send(ObjectNode message) {
        return send(to -> to.send(message.toString(), true));
    }

    public void close(int code, String reason) {
        send(to -> to.close(code, reason));
    }

    private synchronized boolean send(Consumer<WsSession> message) {
        WsSession open = session;
        try {
            if (open == null || gone.isStopped()) {
                return false;
            }
            message.accept(open);
            return true;
        } catch (RuntimeException left) {
            return false;
        }
    }

    /** Waits; returns false if the client disconnects meanwhile. */
    public boolean pause(Duration time) {
        return gone.pause(time);
    }

    /** Breaks the connection off without a close frame. */
    public void cut() {
        closed();
        // A channel may stay open if one thread closes it while another reads it. An interrupted
        // reader closes it itself.
        reader.interrupt();
    }

    public void closed() {
        gone.stop();
        listener.closed();
    }
}
