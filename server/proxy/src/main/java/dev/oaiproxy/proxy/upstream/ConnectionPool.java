package dev.oaiproxy.proxy.upstream;

import dev.oaiproxy.base.schedule.PeriodicTask;
import dev.oaiproxy.proxy.upstream.UpstreamException.SendState;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The pool of connections to OpenAI, in use and idle.
 *
 * <p>A caller enters before it takes or opens a connection, and leaves exactly once, when it no
 * longer has one.
 */
final class ConnectionPool implements AutoCloseable {
    /** A connection that was idle for less is used unchecked; a failed request is tried again. */
    private static final long TRUSTED_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int CHECKS_A_SILENCE = 4;

    private final Dialer dialer;
    private final UpstreamSettings settings;
    private final long mostIdleNanos;
    private final Semaphore places;
    private final Set<UpstreamConnection> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedDeque<UpstreamConnection> idle = new ConcurrentLinkedDeque<>();
    private final PeriodicTask sweeper;
    private volatile boolean closed;

    ConnectionPool(Dialer dialer, UpstreamSettings settings, Duration mostIdle) {
        this.dialer = dialer;
        this.settings = settings;
        this.mostIdleNanos = mostIdle.toNanos();
        this.places = new Semaphore(settings.connections(), true);
        long silence = settings.readTimeout().toNanos() / CHECKS_A_SILENCE;
        Duration pause =
                Duration.ofNanos(Math.min(TRUSTED_NANOS, Math.min(mostIdleNanos, silence)));
        this.sweeper =
                PeriodicTask.start("upstream-sweeper", pause, () -> sweep(System.nanoTime()));
    }

    /** Waits for a free place, in order of arrival. */
    void enter() throws UpstreamException {
        try {
            long patienceMillis = settings.connectTimeout().toMillis();
            if (!places.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS)) {
                throw busy(new SocketTimeoutException("all connections to OpenAI are in use"));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw busy(new IOException("interrupted while waiting for a connection", interrupted));
        }
    }

    private static UpstreamException busy(IOException cause) {
        return new UpstreamException(SendState.NOT_SENT, "no connection to OpenAI is free", cause);
    }

    void leave() {
        places.release();
    }

    /**
     * The idle connection that was used last, which is the least likely to be dead; null when there
     * is none.
     */
    @Nullable UpstreamConnection reuse() {
        for (UpstreamConnection next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            long idleNanos = next.idleNanos(System.nanoTime());
            if (idleNanos < TRUSTED_NANOS || (idleNanos < mostIdleNanos && next.isQuiet())) {
                return next;
            }
            drop(next);
        }
        return null;
    }

    /**
     * Opens a connection.
     *
     * @param onFailure the state of the request when no connection can be opened
     */
    UpstreamConnection dial(SendState onFailure) throws UpstreamException {
        try {
            UpstreamConnection upstreamConnection = dialer.open();
            open.add(upstreamConnection);
            if (closed) {
                drop(upstreamConnection);
                throw new IOException("closed");
            }
            return upstreamConnection;
        } catch (IOException failed) {
            throw new UpstreamException(onFailure, "OpenAI cannot be reached", failed);
        }
    }

    void keep(UpstreamConnection upstreamConnection) {
        upstreamConnection.startIdling();
        idle.addFirst(upstreamConnection);
        if (closed) {
            drop(upstreamConnection);
        }
    }

    void drop(UpstreamConnection upstreamConnection) {
        open.remove(upstreamConnection);
        upstreamConnection.abort();
    }

    private void sweep(long now) {
        long mostNanos = settings.readTimeout().toNanos();
        for (UpstreamConnection upstreamConnection : open) {
            upstreamConnection.breakAfter(mostNanos, now);
        }
        for (UpstreamConnection upstreamConnection : idle) {
            if (upstreamConnection.idleNanos(now) > mostIdleNanos
                    && idle.remove(upstreamConnection)) {
                drop(upstreamConnection);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        sweeper.close();
        open.forEach(this::drop);
    }
}
