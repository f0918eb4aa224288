package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes OpenAI limit the output of a session, and waits for its confirmation. The monitor of the
 * session's meter guards the fields.
 */
final class OutputLimitUpdates {
    /** The longest wait for OpenAI, which normally confirms at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Object meter;

    /** The session's name for its output limit; null before OpenAI has described the session. */
    private @Nullable String name;

    private @Nullable OutputLimit sent;

    /**
     * @param meter notified when OpenAI has described the session, or will send nothing more
     */
    OutputLimitUpdates(Object meter) {
        this.meter = meter;
    }

    /** Notes the session as OpenAI describes it. */
    void told(JsonNode session) {
        name = OutputLimit.nameIn(session);
        meter.notifyAll();
    }

    /** Notes that OpenAI will send nothing more. */
    void end() {
        meter.notifyAll();
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

    /** Waits until a condition holds; false after the longest wait. */
    boolean await(BooleanSupplier awaited) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long left = PATIENCE.toNanos();
        try {
            while (!awaited.getAsBoolean() && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(meter, left);
                left = end - System.nanoTime();
            }
            return awaited.getAsBoolean();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
