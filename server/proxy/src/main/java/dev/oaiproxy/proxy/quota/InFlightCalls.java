package dev.oaiproxy.proxy.quota;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Counts the calls in flight, and waits for one of them to end. */
final class InFlightCalls {
    /** Ends of calls on other nodes are not signalled, so no wait is longer than this. */
    private static final long LONGEST_WAIT_NANOS = Duration.ofMillis(250).toNanos();

    private final AtomicLong inFlight = new AtomicLong();
    private long endings;

    void enter() {
        inFlight.incrementAndGet();
    }

    synchronized void leave() {
        inFlight.decrementAndGet();
        endings++;
        notifyAll();
    }

    long inFlight() {
        return inFlight.get();
    }

    /** A ticket for {@link #await}: the number of calls that have ended so far. */
    synchronized long endings() {
        return endings;
    }

    /** Waits a while for a call to end after a ticket was taken. */
    void await(long ticket, long nanos) throws InterruptedException {
        boolean _ = awaitEnding(() -> endings != ticket, Math.min(nanos, LONGEST_WAIT_NANOS));
    }

    /** Waits until no call is in flight; false after a timeout. */
    boolean awaitEmpty(Duration most) throws InterruptedException {
        return awaitEnding(() -> inFlight.get() <= 0, most.toNanos());
    }

    private synchronized boolean awaitEnding(BooleanSupplier awaited, long nanos)
            throws InterruptedException {
        long end = System.nanoTime() + nanos;
        long left = nanos;
        while (!awaited.getAsBoolean() && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
        return awaited.getAsBoolean();
    }
}
