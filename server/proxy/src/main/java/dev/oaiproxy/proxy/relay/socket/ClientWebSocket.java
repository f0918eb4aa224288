package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import org.jspecify.annotations.Nullable;

/** A client that asks for a WebSocket, or has one. One thread receives; any thread sends. */
public interface ClientWebSocket {
    /** Answers with an error instead of a WebSocket. */
    void refuse(Refusal why) throws ClientGoneException;

    /** Answers with a WebSocket. */
    void accept() throws ClientGoneException;

    /**
     * Waits for the next message. A close frame has been answered when this returns it. A message
     * that the client may not send is answered with the reason and ends the connection.
     */
    WebSocketMessage receive() throws ClientGoneException;

    /** Sends a message, and waits until it has left; after the end, does nothing. */
    void send(WebSocketMessage message) throws ClientGoneException;

    /**
     * Sends an error event.
     *
     * @param eventId the id of the client's event that it answers, or null
     */
    void object(Refusal why, @Nullable String eventId) throws ClientGoneException;

    /**
     * Waits for a bounded time until the client has read the close frame and closes the connection.
     */
    void linger();

    /** Ends the connection at once, and every wait on it. */
    void close();
}
