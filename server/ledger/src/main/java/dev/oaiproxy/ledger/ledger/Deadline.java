package dev.oaiproxy.ledger.ledger;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * A limit on the time that a request waits for a silent database, over all of its database work:
 * each step alone may take longer than a client wants to wait for a refusal. Time in which the
 * database answers others does not count. It is bound to the thread by {@link #within}, and each
 * read or write inside it uses some of it up; without one, each wait has its own limit.
 */
public final class Deadline {
    private static final ScopedValue<Deadline> CURRENT = ScopedValue.newInstance();

    private final long allNanos;
    private long leftNanos;

    private Deadline(Duration most) {
        this.allNanos = most.toNanos();
        this.leftNanos = allNanos;
    }

    /** Runs work that waits for the database no longer than a limit in all. */
    public static <T> T within(Duration most, Supplier<T> work) {
        return ScopedValue.where(CURRENT, new Deadline(most)).call(work::get);
    }

    /** Starts the limit anew, after a wait for something other than the database. */
    public static void renew() {
        if (CURRENT.isBound()) {
            Deadline deadline = CURRENT.get();
            deadline.leftNanos = deadline.allNanos;
        }
    }

    /** Returns the time of a wait in which the database was not silent. */
    public static void giveBack(long nanos) {
        if (CURRENT.isBound()) {
            CURRENT.get().leftNanos += nanos;
        }
    }

    /**
     * Waits for at most the time that is left, and subtracts the wait from it.
     *
     * @param otherwise the milliseconds to wait when there is no limit
     * @param wait waits for an answer, for at most so many milliseconds
     */
    public static <T> T spend(long otherwise, LongFunction<T> wait) {
        if (!CURRENT.isBound()) {
            return wait.apply(otherwise);
        }
        Deadline deadline = CURRENT.get();
        long start = System.nanoTime();
        try {
            return wait.apply(Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline.leftNanos)));
        } finally {
            deadline.leftNanos -= System.nanoTime() - start;
        }
    }
}
