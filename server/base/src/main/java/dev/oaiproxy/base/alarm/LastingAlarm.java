package dev.oaiproxy.base.alarm;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An alarm about a condition that goes on for a while. It is logged when the condition begins or
 * changes, again from time to time, and once when it is over.
 */
public final class LastingAlarm {
    private static final long REPEAT_NANOS = Duration.ofMinutes(10).toNanos();

    private final Logger log;
    private final String name;
    private @Nullable String text;
    private long raisedNanos;

    /**
     * @param name as of {@link Alarms#raise}
     */
    public LastingAlarm(Logger log, String name) {
        this.log = log;
        this.name = name;
    }

    /**
     * Tells that the condition holds now.
     *
     * @param why what is wrong and what to do, as a person reads it
     */
    public synchronized void raise(String why) {
        long now = System.nanoTime();
        if (!why.equals(text) || now - raisedNanos > REPEAT_NANOS) {
            text = why;
            raisedNanos = now;
            Alarms.raise(log, name, "{0}", why);
        }
    }

    /** Tells that the condition does not hold now. */
    public synchronized void clear() {
        if (text != null) {
            text = null;
            log.log(Level.WARNING, "over={0}", name);
        }
    }

    /** The current fault, if there is one. */
    public synchronized Optional<String> text() {
        return Optional.ofNullable(text);
    }
}
