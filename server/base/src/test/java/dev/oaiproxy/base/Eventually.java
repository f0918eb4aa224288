package dev.oaiproxy.base;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Polls for the effects of other threads, up to a bound. */
public final class Eventually {
    private static final long LEAST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** Frequent polls of many clients would take the CPU from the work that they wait for. */
    private static final long MOST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int MOST_QUESTIONS = 1500;

    private Eventually() {}

    /**
     * Polls until the result fits, and returns it. @throws AssertionError with the last result
     * after the time limit
     */
    public static <T> T ask(Supplier<T> question, Predicate<T> wanted) {
        T answer = question.get();
        long pauseNanos = LEAST_PAUSE_NANOS;
        for (int i = 0; i < MOST_QUESTIONS && !wanted.test(answer); i++) {
            LockSupport.parkNanos(pauseNanos);
            pauseNanos = Math.min(pauseNanos + pauseNanos / 4, MOST_PAUSE_NANOS);
            answer = question.get();
        }
        if (!wanted.test(answer)) {
            throw new AssertionError("it never came to what was waited for; last: " + answer);
        }
        return answer;
    }
}
