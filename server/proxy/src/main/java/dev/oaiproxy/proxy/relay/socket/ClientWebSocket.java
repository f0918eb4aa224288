package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import org.jspecify.annotations.Nullable;

/** A client that wants a WebSocket, or has one. One thread receives; any thread sends. */
public interface ClientWebSocket {
    /** Answers with an error instead of a WebSocket. */
    void refuse(Refusal why) throws ClientGoneException;

    /** Answers with a WebSocket. */
    void accept() throws ClientGoneException;

    /**
     * Waits for the next message. One that ends the conversation has been answered, and what may
     * not be sent has been answered with the reason.
     */
    WebSocketMessage receive() throws ClientGoneException;

    /** Sends a message, and waits until it has left; after the end, does nothing. */
    void send(WebSocketMessage message) throws ClientGoneException;

    /**
     * Sends an error event.
     *
     * @param eventId the client's event that it answers, or null
     */
    void object(Refusal why, @Nullable String eventId) throws ClientGoneException;

    /** Waits, within bounds, until the client has taken note of the end and closes. */
    void linger();

    /** Ends the connection as it stands, and so any waiting. */
    void close();
}
