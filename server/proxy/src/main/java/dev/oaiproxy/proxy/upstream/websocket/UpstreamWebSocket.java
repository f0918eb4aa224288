package dev.oaiproxy.proxy.upstream.websocket;

import dev.oaiproxy.proxy.upstream.UpstreamException;

/**
 * A WebSocket to OpenAI. One thread receives and one sends; any thread may close.
 *
 * <p>The client reads only requested messages from the network, so a slow receiver slows OpenAI
 * down.
 */
public interface UpstreamWebSocket extends AutoCloseable {
    /**
     * Waits for the next message.
     *
     * @throws UpstreamException when the connection broke, or was closed from here
     * @throws dev.oaiproxy.base.budget.NoRoomException when there is no memory for the message
     */
    WebSocketMessage receive() throws UpstreamException;

    /**
     * Sends a message, and waits until it has left.
     *
     * @throws UpstreamException when the connection is broken
     */
    void send(WebSocketMessage message) throws UpstreamException;

    /** Ends the connection at once, and every wait on it. */
    @Override
    void close();
}
