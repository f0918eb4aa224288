package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes OpenAI limit the output of a session, and waits until it has. The lock of the session's
 * meter guards it.
 */
final class OutputLimitUpdates {
    /** The longest wait for OpenAI, which normally confirms at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Condition news;

    /** The session's name for its output limit; null before OpenAI has described the session. */
    private @Nullable String name;

    private @Nullable OutputLimit sent;

    /**
     * @param news signalled when OpenAI has described the session, or will send nothing more
     */
    OutputLimitUpdates(Condition news) {
        this.news = news;
    }

    /** Notes the session as OpenAI describes it. */
    void told(JsonNode session) {
        name = OutputLimit.nameIn(session);
        news.signalAll();
    }

    /** Notes that OpenAI will send nothing more. */
    void end() {
        news.signalAll();
    }

    /** True once the session's name for the limit is known. */
    boolean isKnown() {
        return name != null;
    }

    boolean isSent(OutputLimit limit) {
        return limit.equals(sent);
    }

    /** True for the id of the newest event that sets a limit. */
    boolean isOwn(String eventId) {
        return sent != null && sent.eventId().equals(eventId);
    }

    MessageAction.First send(OutputLimit limit) {
        sent = limit;
        return new MessageAction.First(limit.update(Objects.requireNonNull(name)));
    }

    /** Waits for news from OpenAI; false after the longest wait. */
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
