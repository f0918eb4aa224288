package dev.oaiproxy.proxy.upstream;

import dev.oaiproxy.base.rounds.Rounds;
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
 * The connections to OpenAI: those in use, and idle ones for the next request.
 *
 * <p>A caller enters before it takes or opens a connection, and leaves exactly once, which is when
 * it no longer has one.
 */
final class Pool implements AutoCloseable {
    /** A connection that was idle for less is used unchecked; a failure is then tried again. */
    private static final long TRUSTED_NANOS = Duration.ofSeconds(1).toNanos();

    private final Dialer dialer;
    private final UpstreamSettings settings;
    private final long mostIdleNanos;
    private final Semaphore places;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final Rounds sweeper;
    private volatile boolean closed;

    Pool(Dialer dialer, UpstreamSettings settings, Duration mostIdle) {
        this.dialer = dialer;
        this.settings = settings;
        this.mostIdleNanos = mostIdle.toNanos();
        this.places = new Semaphore(settings.connections(), true);
        Duration pause = Duration.ofNanos(Math.min(TRUSTED_NANOS, mostIdleNanos));
        this.sweeper = Rounds.of("upstream-sweeper", pause, () -> sweep(System.nanoTime()));
    }

    /** Waits for a free place, in the order of arrival. */
    void enter() throws IOException {
        try {
            long patienceMillis = settings.connectTimeout().toMillis();
            if (!places.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS)) {
                throw new SocketTimeoutException("all connections to OpenAI are in use");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a connection", interrupted);
        }
    }

    void leave() {
        places.release();
    }

    /** The idle connection that was used last, as it is the least likely to be dead. */
    @Nullable Connection reuse() {
        for (Connection next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            long idleNanos = next.idleNanos(System.nanoTime());
            if (idleNanos < TRUSTED_NANOS || (idleNanos < mostIdleNanos && next.isQuiet())) {
                return next;
            }
            drop(next);
        }
        return null;
    }

    Connection dial() throws IOException {
        Connection connection = dialer.open();
        open.add(connection);
        if (closed) {
            drop(connection);
            throw new IOException("closed");
        }
        return connection;
    }

    void keep(Connection connection) {
        connection.startIdling();
        idle.addFirst(connection);
        if (closed) {
            drop(connection);
        }
    }

    void drop(Connection connection) {
        open.remove(connection);
        connection.abort();
    }

    private void sweep(long now) {
        long mostWritingNanos = settings.readTimeout().toNanos();
        for (Connection connection : open) {
            connection.breakWriteAfter(mostWritingNanos, now);
        }
        for (Connection connection : idle) {
            if (connection.idleNanos(now) > mostIdleNanos && idle.remove(connection)) {
                drop(connection);
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
