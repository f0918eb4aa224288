package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;

/**
 * Meters a session: it reads the messages in both directions, holds and charges. Two threads use
 * it, one for each direction.
 */
public interface SocketMeter {
    /** Takes a message of the client. Its possible cost is held before the message goes on. */
    MessageAction heard(WebSocketMessage message);

    /** Takes a message of OpenAI. Its cost is charged before the message goes on. */
    MessageAction told(WebSocketMessage message);

    /** Notes that the client has left and may begin nothing more. */
    void left();

    /** True while OpenAI works on a response or turn whose cost it will state. */
    boolean isOwing();

    /** Ends every remaining hold, after the last message. */
    void end();
}
