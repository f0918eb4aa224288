package dev.oaiproxy.server.openai;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Cuts off clients that neither send what they announced nor read what they asked for. Helidon has
 * no limit of time for either, and such a client would keep its money held, its connection and the
 * one to OpenAI for ever.
 */
public final class Stalls implements AutoCloseable {
    private static final int LOOKS_PER_LIMIT = 4;

    private final long mostNanos;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("stalled-clients").daemon().factory());

    /**
     * @param most how long one read or write may take
     */
    public Stalls(Duration most) {
        this.mostNanos = most.toNanos();
        long every = Math.max(1, mostNanos / LOOKS_PER_LIMIT);
        var _ = clock.scheduleWithFixedDelay(this::look, every, every, TimeUnit.NANOSECONDS);
    }

    /** Watches what this thread does to a client until the watch is closed. */
    Watch watch() {
        Watch watch = new Watch(watches, Thread.currentThread());
        watches.add(watch);
        return watch;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private void look() {
        long now = System.nanoTime();
        for (Watch watch : watches) {
            if (now - watch.since > mostNanos) {
                watch.cut();
            }
        }
    }

    /**
     * One read or write. The interrupt of a virtual thread that is blocked in one closes its
     * socket.
     */
    static final class Watch implements AutoCloseable {
        private final Set<Watch> watches;
        private final Thread thread;
        private final long since = System.nanoTime();
        private final AtomicBoolean over = new AtomicBoolean();

        Watch(Set<Watch> watches, Thread thread) {
            this.watches = watches;
            this.thread = thread;
        }

        private void cut() {
            if (over.compareAndSet(false, true)) {
                thread.interrupt();
            }
        }

        /** Ends the watch; the interrupt of one that was cut must not reach what comes after. */
        @Override
        public void close() {
            watches.remove(this);
            if (!over.compareAndSet(false, true)) {
                while (!Thread.interrupted()) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
