package dev.oaiproxy.ledger.store.node;

import dev.oaiproxy.base.schedule.PeriodicTask;
import org.jspecify.annotations.Nullable;

/** The rounds by which a process shows that it lives, and sees to what dead ones have left. */
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

    /** Has the next beat come at once, for there is a doubt. */
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
