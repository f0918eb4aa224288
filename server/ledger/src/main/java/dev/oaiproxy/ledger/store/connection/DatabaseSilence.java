package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.ledger.ledger.Deadline;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * How long a database has said nothing while somebody waits for it. Callers are patient with the
 * database, not with its queue: in a burst all of them wait for as long as it goes on answering,
 * and when it is silent all of them are refused together.
 */
public final class DatabaseSilence {
    /** However lively the database is, nobody waits longer than this many times the patience. */
    private static final int MOST_TIMES = 20;

    private final long mostMillis;
    private final LongSupplier clock;
    private int waiting;
    private long heardNanos;
    private long beforeNanos;

    /**
     * @param mostMillis how long it may last for callers whose patience is not counted
     */
    public DatabaseSilence(long mostMillis) {
        this(mostMillis, System::nanoTime);
    }

    DatabaseSilence(long mostMillis, LongSupplier clock) {
        this.mostMillis = mostMillis;
        this.clock = clock;
    }

    public long mostMillis() {
        return mostMillis;
    }

    /** The database has taken a commit, or answered a question, whole. */
    public synchronized void heard() {
        beforeNanos = heardNanos;
        heardNanos = clock.getAsLong();
    }

    /**
     * Waits for an answer of the database. What the caller did not wait in silence is given back to
     * its patience.
     *
     * @param millis how long the database may be silent
     * @throws TimeoutException when it is silent for longer
     */
    public <T> T await(Future<T> outcome, long millis)
            throws InterruptedException, ExecutionException, TimeoutException {
        long start = enter();
        try {
            T answer = await(outcome, start, TimeUnit.MILLISECONDS.toNanos(millis));
            Deadline.giveBack(clock.getAsLong() - start - lastNanos(start));
            return answer;
        } finally {
            leave();
        }
    }

    private <T> T await(Future<T> outcome, long start, long mostNanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        long left = leftNanos(start, mostNanos);
        while (left > 0 || outcome.isDone()) {
            try {
                return outcome.get(Math.max(0, left), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                left = leftNanos(start, mostNanos);
            }
        }
        throw new TimeoutException();
    }

    private synchronized long leftNanos(long start, long mostNanos) {
        long now = clock.getAsLong();
        return Math.min(
                heardNanos + mostNanos - now,
                start + Math.multiplyExact(MOST_TIMES, mostNanos) - now);
    }

    /** A silence begins only when somebody waits. */
    private synchronized long enter() {
        long now = clock.getAsLong();
        if (waiting == 0) {
            heardNanos = now;
            beforeNanos = now;
        }
        waiting++;
        return now;
    }

    private synchronized void leave() {
        waiting--;
    }

    /**
     * The silence before the last answer, as far as a caller who has waited since then heard it.
     */
    private synchronized long lastNanos(long start) {
        return Math.max(0, heardNanos - Math.max(start, beforeNanos));
    }
}
