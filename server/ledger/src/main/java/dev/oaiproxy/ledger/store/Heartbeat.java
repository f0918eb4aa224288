package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.rounds.Rounds;
import org.jspecify.annotations.Nullable;

/** The rounds by which a process shows that it lives, and sees to what dead ones have left. */
final class Heartbeat implements AutoCloseable {
    private final Membership membership;
    private final Recovery recovery;
    private volatile @Nullable Rounds rounds;

    Heartbeat(Membership membership, Recovery recovery) {
        this.membership = membership;
        this.recovery = recovery;
    }

    void start() {
        rounds = Rounds.of("node-pulse", membership.rhythm().beat(), this::beat);
    }

    /** Has the next beat come at once, for there is a doubt. */
    void hurry() {
        Rounds started = rounds;
        if (started != null) {
            started.hurry();
        }
    }

    /** One beat. */
    void beat() {
        membership.beat();
        recovery.sweep();
    }

    @Override
    public void close() {
        Rounds started = rounds;
        if (started != null) {
            started.close();
            started.awaitEnd();
        }
    }
}
