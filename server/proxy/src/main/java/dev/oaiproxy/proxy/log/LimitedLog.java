package dev.oaiproxy.proxy.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Logs events that a client can cause at any rate: at most one line a second for each subject, with
 * the number of events since the last line. The first event is written at once. Later ones wait for
 * {@link #flush}, or for the next event after the second is over.
 */
public final class LimitedLog implements AutoCloseable {
    /** The most subjects at once; further ones share one line. */
    static final int MOST_SUBJECTS = 1_000;

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String OTHERS = "";

    private final InstantSource clock;
    private final Map<String, Subject> subjects = new LinkedHashMap<>();

    /** Writes one line for several events. */
    @FunctionalInterface
    public interface LineWriter {
        /**
         * Writes the line.
         *
         * @param since the time of the first event
         */
        void write(long count, Instant since);
    }

    /** The events of one subject since its last line. */
    private static final class Subject {
        private Instant writtenAt = Instant.MIN;
        private Instant since = Instant.MIN;
        private long count;
        private LineWriter last = (_, _) -> {};

        boolean isDue(Instant now) {
            return !now.isBefore(writtenAt.plus(PAUSE)) || now.isBefore(writtenAt);
        }

        Runnable take(Instant now) {
            long many = count;
            Instant first = since;
            LineWriter line = last;
            writtenAt = now;
            count = 0;
            return () -> line.write(many, first);
        }
    }

    public LimitedLog(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Notes an event.
     *
     * @param subject the events that share a line, such as a reason and a key
     * @param line writes the line; the last of several is used
     */
    public void add(String subject, LineWriter line) {
        counted(subject, line).ifPresent(Runnable::run);
    }

    private synchronized Optional<Runnable> counted(String name, LineWriter line) {
        Instant now = clock.instant();
        Subject subject = subject(name);
        subject.since = subject.count == 0 ? now : subject.since;
        subject.count++;
        subject.last = line;
        return subject.isDue(now) ? Optional.of(subject.take(now)) : Optional.empty();
    }

    private Subject subject(String name) {
        boolean full = subjects.size() >= MOST_SUBJECTS && !subjects.containsKey(name);
        return subjects.computeIfAbsent(full ? OTHERS : name, _ -> new Subject());
    }

    /** Writes the lines whose second is over, and forgets subjects that have been quiet since. */
    public void flush() {
        write(Subject::isDue);
    }

    /** Writes all waiting lines. */
    @Override
    public void close() {
        write((_, _) -> true);
    }

    private void write(BiPredicate<Subject, Instant> wanted) {
        take(wanted).forEach(Runnable::run);
    }

    private synchronized List<Runnable> take(BiPredicate<Subject, Instant> wanted) {
        List<Runnable> lines = new ArrayList<>();
        Instant now = clock.instant();
        subjects.values().removeIf(subject -> subject.count == 0 && subject.isDue(now));
        for (Subject subject : subjects.values()) {
            if (subject.count > 0 && wanted.test(subject, now)) {
                lines.add(subject.take(now));
            }
        }
        return lines;
    }
}
