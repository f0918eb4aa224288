package dev.oaiproxy.server.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The thread by which a process shows that it lives, and sees to what dead ones have left. */
final class Pulse implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Pulse.class.getName());

    private final Membership membership;
    private final Recovery recovery;
    private final Semaphore early = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closing;

    Pulse(Membership membership, Recovery recovery) {
        this.membership = membership;
        this.recovery = recovery;
        this.thread = Thread.ofPlatform().daemon().name("node-pulse").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Has the next beat come at once, for there is a doubt. */
    void hurry() {
        early.release();
    }

    /** One beat. */
    void beat() {
        membership.beat();
        recovery.sweep();
    }

    @Override
    public void close() {
        closing = true;
        early.release();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closing) {
            pause();
            if (!closing) {
                tryBeat();
            }
        }
    }

    private void tryBeat() {
        try {
            beat();
        } catch (RuntimeException e) {
            // As while the database is away; the next one may reach it.
            LOG.log(Level.WARNING, "no heartbeat cause={0}", e.toString());
        }
    }

    private void pause() {
        try {
            boolean _ =
                    early.tryAcquire(membership.rhythm().beat().toMillis(), TimeUnit.MILLISECONDS);
            early.drainPermits();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the pulse", e);
        }
    }
}
