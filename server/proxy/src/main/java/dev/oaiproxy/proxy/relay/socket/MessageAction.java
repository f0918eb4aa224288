package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import org.jspecify.annotations.Nullable;

/** The decision about one message of a session. */
public sealed interface MessageAction {
    /**
     * Passes the message on, perhaps edited.
     *
     * @param cost the charge that the message has caused, or null
     */
    record Pass(WebSocketMessage message, @Nullable Usd cost) implements MessageAction {
        Pass(WebSocketMessage message) {
            this(message, null);
        }
    }

    /** Sends another message to OpenAI first, then asks the meter again. */
    record First(WebSocketMessage other) implements MessageAction {}

    /** Drops the message, which answers a message of the proxy's own. */
    record Drop() implements MessageAction {}

    /**
     * Drops the message, and tells the client the reason.
     *
     * @param eventId the id of the client's event, or null
     */
    record Deny(Refusal why, @Nullable String eventId) implements MessageAction {}

    /**
     * Tells the client that the session ends, and still waits for the responses that OpenAI works
     * on.
     *
     * @param message the message that is passed on before that, or null
     * @param cost the charge that the message has caused, or null
     */
    record Stop(Refusal why, @Nullable WebSocketMessage message, @Nullable Usd cost)
            implements MessageAction {
        Stop(Refusal why, @Nullable WebSocketMessage message) {
            this(why, message, null);
        }
    }
}
