package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.ledger.ledger.Deadline;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Measures the silence of a database while callers wait for it. In a burst all callers wait as long
 * as the database keeps answering; when it falls silent, all of them are refused together.
 */
public final class DatabaseSilence {
    /**
     * The longest wait with a database that keeps answering, in multiples of the limit for a
     * silence.
     */
    private static final int MOST_TIMES = 20;

    private final long mostMillis;
    private final LongSupplier clock;
    private int waiting;
    private long heardNanos;
    private long beforeNanos;

    /**
     * @param mostMillis the longest silence, for callers without a deadline
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

    /** Notes that the database has completed a commit or a query. */
    public synchronized void heard() {
        beforeNanos = heardNanos;
        heardNanos = clock.getAsLong();
    }

    /**
     * Waits for an answer of the database. Time in which the database was not silent is given back
     * to the caller's deadline.
     *
     * @param millis the longest silence
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

    /** A silence begins when the first caller waits. */
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

    /** The silence before the last answer, as far as it lies within the caller's wait. */
    private synchronized long lastNanos(long start) {
        return Math.max(0, heardNanos - Math.max(start, beforeNanos));
    }
}
