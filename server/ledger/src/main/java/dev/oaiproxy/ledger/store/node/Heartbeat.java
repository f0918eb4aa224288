package dev.oaiproxy.ledger.store.node;

import dev.oaiproxy.base.schedule.PeriodicTask;
import org.jspecify.annotations.Nullable;

/** Sends the heartbeats of this node, and ends the calls of dead ones. */
public final class Heartbeat implements AutoCloseable {
    private final Membership membership;
    private final Recovery recovery;
    private volatile @Nullable PeriodicTask periodicTask;

    public Heartbeat(Membership membership, Recovery recovery) {
        this.membership = membership;
        this.recovery = recovery;
    }

    public void start() {
        periodicTask = PeriodicTask.start("node-pulse", membership.rhythm().beat(), this::beat);
    }

    /** Brings the next beat forward, because this node may have been declared dead. */
    public void hurry() {
        PeriodicTask started = periodicTask;
        if (started != null) {
            started.runNow();
        }
    }

    /** One beat. */
    void beat() {
        membership.beat();
        recovery.sweep();
    }

    @Override
    public void close() {
        PeriodicTask started = periodicTask;
        if (started != null) {
            started.close();
            started.awaitEnd();
        }
    }
}
