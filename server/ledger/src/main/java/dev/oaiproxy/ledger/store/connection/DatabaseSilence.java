package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.ledger.ledger.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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

    /**
     * Notes that the database has completed a commit, a query, or a piece of work within a commit:
     * in a burst, or on a machine that does much else, one commit can take longer than a silence
     * may.
     */
    public synchronized void heard() {
        beforeNanos = heardNanos;
        heardNanos = clock.getAsLong();
    }

    /**
     * Waits for an answer of the database. Time in which the database was not silent is given back
     * to the caller's deadline.
     *
     * @param outcome ends with a {@link TimeoutException} when the wait is over
     * @param millis the longest silence
     * @throws TimeoutException when it is silent for longer
     */
    public <T> T await(CompletableFuture<T> outcome, long millis)
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

    /**
     * Waits without a timer, since each timer of a virtual thread costs two visits to another
     * thread; {@link WaitWatch} ends the outcomes that come too late.
     */
    private <T> T await(CompletableFuture<T> outcome, long start, long mostNanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (outcome.isDone()) {
            return outcome.get();
        }
        WaitWatch.Wait wait = new WaitWatch.Wait(outcome, () -> leftNanos(start, mostNanos) <= 0);
        WaitWatch.enter(wait);
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException late) {
                throw late;
            }
            throw e;
        } finally {
            WaitWatch.leave(wait);
        }
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
