package dev.oaiproxy.ledger.store.node;

import java.time.Duration;

/**
 * How nodes watch each other.
 *
 * @param beat how often each gives a sign of life
 * @param death after how long without one it is taken for dead
 * @param steady for how long one must itself have been there to say so of another: after the
 *     database has been away, nobody seems to live
 * @param databaseTime whether they go by the database's clock, and not each by its own
 */
public record HeartbeatSettings(
        Duration beat, Duration death, Duration steady, boolean databaseTime) {
    /** The ordinary time until death. */
    public static final Duration DEATH = Duration.ofSeconds(30);

    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final int BEATS = 10;
    private static final int STEADY_BEATS = 3;

    /** Beats often enough that a few may be lost. */
    public static HeartbeatSettings of(Duration death) {
        Duration longEnough = death.compareTo(LEAST) < 0 ? LEAST : death;
        Duration beat = longEnough.dividedBy(BEATS);
        return new HeartbeatSettings(beat, longEnough, beat.multipliedBy(STEADY_BEATS), true);
    }

    /** The same for those whose time is told by their own clock alone. */
    public HeartbeatSettings withOwnTime() {
        return new HeartbeatSettings(beat, death, steady, false);
    }
}
