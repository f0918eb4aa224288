package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.proxy.upstream.Message;

/**
 * The meter of a conversation: reads what goes by in both directions, and holds and charges. Two
 * threads use it, one for each direction.
 */
interface Dialogue {
    /** Takes what the client says; what that can cost is held before it goes on. */
    Verdict heard(Message message);

    /** Takes what OpenAI says; what that makes due is charged before it goes on. */
    Verdict told(Message message);

    /** Notes that the client has left: it is not to begin anything more. */
    void left();

    /** Whether OpenAI works on something whose cost it will state. */
    boolean isOwing();

    /** Ends every hold that is left, when nothing more is heard or told. */
    void end();
}
