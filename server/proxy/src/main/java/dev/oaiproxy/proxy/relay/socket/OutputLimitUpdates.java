package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has OpenAI limit the output of a session, and waits until it has. Used under the lock of the
 * session's meter.
 */
final class OutputLimitUpdates {
    /** How long OpenAI may take; it answers at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Condition news;

    /** How the session names the limit on its output; null before OpenAI has told of it. */
    private @Nullable String name;

    private @Nullable OutputLimit sent;

    /**
     * @param news signalled when OpenAI has told of the session, or tells no more
     */
    OutputLimitUpdates(Condition news) {
        this.news = news;
    }

    /** Notes what OpenAI tells of the session. */
    void told(JsonNode session) {
        name = OutputLimit.nameIn(session);
        news.signalAll();
    }

    /** Notes that OpenAI tells no more. */
    void end() {
        news.signalAll();
    }

    /** Whether it is known by which name the session has a limit. */
    boolean isKnown() {
        return name != null;
    }

    boolean isSent(OutputLimit limit) {
        return limit.equals(sent);
    }

    /** Whether an event is the newest that sets a limit. */
    boolean isOwn(String eventId) {
        return sent != null && sent.eventId().equals(eventId);
    }

    MessageAction.First send(OutputLimit limit) {
        sent = limit;
        return new MessageAction.First(limit.update(Objects.requireNonNull(name)));
    }

    /** Waits for something that OpenAI tells; false when that takes longer than it may. */
    boolean await(BooleanSupplier awaited) {
        long left = PATIENCE.toNanos();
        try {
            while (!awaited.getAsBoolean() && left > 0) {
                left = news.awaitNanos(left);
            }
            return awaited.getAsBoolean();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
