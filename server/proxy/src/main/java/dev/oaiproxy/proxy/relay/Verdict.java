package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.upstream.Message;
import org.jspecify.annotations.Nullable;

/** What is done with a message of a conversation. */
sealed interface Verdict {
    /**
     * It goes on its way, perhaps with an id of ours.
     *
     * @param cost what was charged for what it tells, or null
     */
    record Pass(Message message, @Nullable Usd cost) implements Verdict {
        Pass(Message message) {
            this(message, null);
        }
    }

    /** Another one goes to OpenAI first; then it is heard again. */
    record First(Message other) implements Verdict {}

    /** It goes no further: it answers a message of this proxy's own. */
    record Drop() implements Verdict {}

    /**
     * It does not go on, and the client is told why.
     *
     * @param eventId the client's event that is meant, or null
     */
    record Deny(Refusal why, @Nullable String eventId) implements Verdict {}

    /**
     * The client is told that this was the last; what OpenAI works on is still waited for.
     *
     * @param message what goes on before that, or null
     * @param cost what was charged for what the message tells, or null
     */
    record Stop(Refusal why, @Nullable Message message, @Nullable Usd cost) implements Verdict {
        Stop(Refusal why, @Nullable Message message) {
            this(why, message, null);
        }
    }
}
