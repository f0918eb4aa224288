package dev.oaiproxy.base;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what other threads bring about, asking again and again, within a bound. */
public final class Eventually {
    private static final long LEAST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** Questions of ever more clients would take the CPU from what they wait for. */
    private static final long MOST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int MOST_QUESTIONS = 1500;

    private Eventually() {}

    /**
     * Asks until the answer is as wanted, and gives that answer.
     *
     * @throws AssertionError with the last answer, when it never is
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
