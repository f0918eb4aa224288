package dev.oaiproxy.proxy.quota;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the calls in flight, and waits for one of them to end. */
final class InFlightCalls {
    /** Ends of calls on other nodes are not signalled, so no wait is longer than this. */
    private static final long LONGEST_WAIT_NANOS = Duration.ofMillis(250).toNanos();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final AtomicLong inFlight = new AtomicLong();
    private long endings;

    void enter() {
        inFlight.incrementAndGet();
    }

    void leave() {
        inFlight.decrementAndGet();
        lock.lock();
        try {
            endings++;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long inFlight() {
        return inFlight.get();
    }

    /** A ticket for {@link #await}: the number of calls that have ended so far. */
    long endings() {
        lock.lock();
        try {
            return endings;
        } finally {
            lock.unlock();
        }
    }

    /** Waits a while for a call to end after a ticket was taken. */
    void await(long ticket, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = Math.min(nanos, LONGEST_WAIT_NANOS);
            while (endings == ticket && left > 0) {
                left = ended.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no call is in flight; false after a timeout. */
    boolean awaitEmpty(Duration most) throws InterruptedException {
        lock.lock();
        try {
            long left = most.toNanos();
            while (inFlight.get() > 0 && left > 0) {
                left = ended.awaitNanos(left);
            }
            return inFlight.get() == 0;
        } finally {
            lock.unlock();
        }
    }
}
