package dev.oaiproxy.server.ledger;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How long somebody may be kept waiting for a database that does not answer, over all that is asked
 * of it for them: each question alone may take longer than a client wants to wait for a refusal.
 */
public final class Patience {
    private static final ScopedValue<Patience> CURRENT = ScopedValue.newInstance();

    private final long allNanos;
    private long leftNanos;

    private Patience(Duration most) {
        this.allNanos = most.toNanos();
        this.leftNanos = allNanos;
    }

    /** Does something that waits for the database no longer than that in all. */
    public static <T> T within(Duration most, Supplier<T> work) {
        return ScopedValue.where(CURRENT, new Patience(most)).call(work::get);
    }

    /** Begins anew, after a wait for something else than the database. */
    public static void renew() {
        if (CURRENT.isBound()) {
            Patience patience = CURRENT.get();
            patience.leftNanos = patience.allNanos;
        }
    }

    /** How long the next question may take, which may not take longer than so many milliseconds. */
    public static long millisFor(long most) {
        return CURRENT.isBound()
                ? Math.max(
                        0, Math.min(most, TimeUnit.NANOSECONDS.toMillis(CURRENT.get().leftNanos)))
                : most;
    }

    /** Takes away what a question has taken since. */
    public static void tookSince(long startNanos) {
        if (CURRENT.isBound()) {
            CURRENT.get().leftNanos -= System.nanoTime() - startNanos;
        }
    }
}
