package dev.oaiproxy.proxy.connection;

import io.helidon.webserver.CloseConnectionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The reads or the writes of one connection, which another thread may cut short. Interrupting a
 * virtual thread that is blocked in one of them closes its socket.
 */
final class BlockingOperation {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int CUT = 2;

    private final AtomicInteger state = new AtomicInteger();
    private volatile @Nullable Thread thread;
    private volatile long startNanos;

    /**
     * Begins a read or write of this thread.
     *
     * @throws CloseConnectionException when an earlier one was cut short
     */
    void begin() {
        thread = Thread.currentThread();
        startNanos = System.nanoTime();
        if (!state.compareAndSet(IDLE, RUNNING)) {
            throw new CloseConnectionException("the connection was cut off");
        }
    }

    /**
     * Ends the read or write.
     *
     * @return false when it was cut short; the interrupt is consumed then
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

    /** The duration of the current operation, or -1 when there is none. */
    long runningNanos(long now) {
        long start = startNanos;
        return state.get() == RUNNING ? now - start : -1;
    }

    /**
     * Cuts the current operation short.
     *
     * @param first runs before the socket is closed
     * @param by runs {@code first} and closes the socket
     * @return false when there is no operation
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

    /** Cuts the current operation short on this thread. */
    boolean cut(Runnable first) {
        return cut(first, Runnable::run);
    }
}
