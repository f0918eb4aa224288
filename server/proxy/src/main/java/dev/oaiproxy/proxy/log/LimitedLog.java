package dev.oaiproxy.proxy.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes what can happen as often as a client likes: at most one line a second for each subject,
 * with how often it has happened since the last one. The first is written at once; what comes after
 * it waits for {@link #flush}, or for the next that comes when the second is over.
 */
public final class LimitedLog implements AutoCloseable {
    /** So many subjects at once; what comes beyond them shares one line. */
    static final int MOST_SUBJECTS = 1_000;

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String OTHERS = "";

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Subject> subjects = new LinkedHashMap<>();

    /** Writes one line for all that happened. */
    @FunctionalInterface
    public interface Line {
        /**
         * Writes it.
         *
         * @param since when the first of them happened
         */
        void write(long count, Instant since);
    }

    /** What has happened to one subject since its last line. */
    private static final class Subject {
        private Instant writtenAt = Instant.MIN;
        private Instant since = Instant.MIN;
        private long count;
        private Line last = (_, _) -> {};

        boolean isDue(Instant now) {
            return !now.isBefore(writtenAt.plus(PAUSE)) || now.isBefore(writtenAt);
        }

        Runnable take(Instant now) {
            long many = count;
            Instant first = since;
            Line line = last;
            writtenAt = now;
            count = 0;
            return () -> line.write(many, first);
        }
    }

    public LimitedLog(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Notes that something happened.
     *
     * @param subject what has a line of its own, such as a reason and a key
     * @param line writes it; of several the last is used
     */
    public void add(String subject, Line line) {
        counted(subject, line).ifPresent(Runnable::run);
    }

    private Optional<Runnable> counted(String name, Line line) {
        lock.lock();
        try {
            Instant now = clock.instant();
            Subject subject = subject(name);
            subject.since = subject.count == 0 ? now : subject.since;
            subject.count++;
            subject.last = line;
            return subject.isDue(now) ? Optional.of(subject.take(now)) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private Subject subject(String name) {
        boolean full = subjects.size() >= MOST_SUBJECTS && !subjects.containsKey(name);
        return subjects.computeIfAbsent(full ? OTHERS : name, _ -> new Subject());
    }

    /** Writes what has waited for its second to be over, and forgets who has been quiet since. */
    public void flush() {
        write(false);
    }

    /** Writes all that waits. */
    @Override
    public void close() {
        write(true);
    }

    private void write(boolean all) {
        List<Runnable> lines = new ArrayList<>();
        lock.lock();
        try {
            Instant now = clock.instant();
            subjects.values().removeIf(subject -> subject.count == 0 && subject.isDue(now));
            for (Subject subject : subjects.values()) {
                if (subject.count > 0 && (all || subject.isDue(now))) {
                    lines.add(subject.take(now));
                }
            }
        } finally {
            lock.unlock();
        }
        lines.forEach(Runnable::run);
    }
}
