package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;

/**
 * The meter of a conversation: reads what goes by in both directions, and holds and charges. Two
 * threads use it, one for each direction.
 */
public interface SocketMeter {
    /** Takes what the client says; what that can cost is held before it goes on. */
    MessageAction heard(WebSocketMessage message);

    /** Takes what OpenAI says; what that makes due is charged before it goes on. */
    MessageAction told(WebSocketMessage message);

    /** Notes that the client has left: it is not to begin anything more. */
    void left();

    /** Whether OpenAI works on something whose cost it will state. */
    boolean isOwing();

    /** Ends every hold that is left, when nothing more is heard or told. */
    void end();
}
