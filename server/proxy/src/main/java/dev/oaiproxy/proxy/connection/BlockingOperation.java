package dev.oaiproxy.proxy.connection;

import io.helidon.webserver.CloseConnectionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The reads, or the writes, of one connection, each of which another thread may cut short. The
 * interrupt of a virtual thread that is blocked in one closes its socket.
 */
final class BlockingOperation {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int CUT = 2;

    private final AtomicInteger state = new AtomicInteger();
    private volatile @Nullable Thread thread;
    private volatile long startNanos;

    /**
     * This thread begins to read or to write.
     *
     * @throws CloseConnectionException when one has been cut short before
     */
    void begin() {
        thread = Thread.currentThread();
        startNanos = System.nanoTime();
        if (!state.compareAndSet(IDLE, RUNNING)) {
            throw new CloseConnectionException("the connection was cut off");
        }
    }

    /**
     * Ends what was begun.
     *
     * @return false when it was cut short; then the interrupt does not reach what comes after
     */
    boolean end() {
        if (state.compareAndSet(RUNNING, IDLE)) {
            return true;
        }
        while (!Thread.interrupted()) {
            LockSupport.park(this);
        }
        return false;
    }

    /** How long the present operation has been running, or -1 when there is none. */
    long runningNanos(long now) {
        long start = startNanos;
        return state.get() == RUNNING ? now - start : -1;
    }

    /**
     * Cuts the present operation short.
     *
     * @param first what is done before its socket is closed
     * @param by does it
     * @return false when there is none
     */
    boolean cut(Runnable first, Executor by) {
        Thread blocked = thread;
        if (blocked == null || !state.compareAndSet(RUNNING, CUT)) {
            return false;
        }
        by.execute(
                () -> {
                    try {
                        first.run();
                    } finally {
                        blocked.interrupt();
                    }
                });
        return true;
    }

    /** The same, at once. */
    boolean cut(Runnable first) {
        return cut(first, Runnable::run);
    }
}
