package dev.oaiproxy.base.alarm;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Logs alarms, each as a line that begins with {@code alarm=NAME}, and counts them by name. */
public final class Alarms {
    private static final Map<String, LongAdder> COUNTS = new ConcurrentHashMap<>();

    private Alarms() {}

    /**
     * Raises an alarm.
     *
     * @param name one of a few fixed words, such as {@code charge_above_hold}
     * @param text the rest of the line, in the format of the logger
     */
    public static void raise(Logger log, String name, String text, @Nullable Object... arguments) {
        count(name);
        log.log(Level.ERROR, "alarm=" + name + " " + text, arguments);
    }

    /** Raises an alarm about a mistake in this program, with its stack trace. */
    public static void raise(Logger log, String name, Throwable mistake) {
        count(name);
        log.log(Level.ERROR, "alarm=" + name, mistake);
    }

    /** The number of alarms of each name since the process started. */
    public static Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        COUNTS.forEach((name, count) -> counts.put(name, count.sum()));
        return counts;
    }

    private static void count(String name) {
        COUNTS.computeIfAbsent(name, _ -> new LongAdder()).increment();
    }
}
