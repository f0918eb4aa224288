package dev.oaiproxy.ledger.ledger;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How long somebody may be kept waiting for a database that does not answer, over all that is asked
 * of it for them: each question alone may take longer than a client wants to wait for a refusal.
 * While the database answers others, nobody's patience is spent.
 */
public final class Deadline {
    private static final ScopedValue<Deadline> CURRENT = ScopedValue.newInstance();

    private final long allNanos;
    private long leftNanos;

    private Deadline(Duration most) {
        this.allNanos = most.toNanos();
        this.leftNanos = allNanos;
    }

    /** Does something that waits for the database no longer than that in all. */
    public static <T> T within(Duration most, Supplier<T> work) {
        return ScopedValue.where(CURRENT, new Deadline(most)).call(work::get);
    }

    /** Begins anew, after a wait for something else than the database. */
    public static void renew() {
        if (CURRENT.isBound()) {
            Deadline deadline = CURRENT.get();
            deadline.leftNanos = deadline.allNanos;
        }
    }

    /** Gives back what a wait took in which the database was not silent. */
    public static void giveBack(long nanos) {
        if (CURRENT.isBound()) {
            CURRENT.get().leftNanos += nanos;
        }
    }

    /** A wait for the answer to one question. */
    public interface Wait<T> {
        T upTo(long millis);
    }

    /**
     * Waits as long as there is patience left, and takes away from it what that took.
     *
     * @param otherwise how many milliseconds to wait for those whose patience is not counted
     */
    public static <T> T spend(long otherwise, Wait<T> wait) {
        if (!CURRENT.isBound()) {
            return wait.upTo(otherwise);
        }
        Deadline deadline = CURRENT.get();
        long start = System.nanoTime();
        try {
            return wait.upTo(Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline.leftNanos)));
        } finally {
            deadline.leftNanos -= System.nanoTime() - start;
        }
    }
}
