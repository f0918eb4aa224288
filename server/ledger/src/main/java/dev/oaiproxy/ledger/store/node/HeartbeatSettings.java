package dev.oaiproxy.ledger.store.node;

import java.time.Duration;

/**
 * Heartbeat settings of a node.
 *
 * @param beat the interval between heartbeats
 * @param death the time without a heartbeat after which a node is declared dead
 * @param steady the time that a node must have been alive to declare another one dead: after an
 *     outage of the database, nobody seems alive
 * @param databaseTime true when nodes follow the database's clock, false for their own
 */
public record HeartbeatSettings(
        Duration beat, Duration death, Duration steady, boolean databaseTime) {
    /** The default time until a silent node is declared dead. */
    public static final Duration DEATH = Duration.ofSeconds(30);

    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final int BEATS = 10;
    private static final int STEADY_BEATS = 3;

    /** Settings with enough heartbeats that a few may be lost. */
    public static HeartbeatSettings of(Duration death) {
        Duration longEnough = death.compareTo(LEAST) < 0 ? LEAST : death;
        Duration beat = longEnough.dividedBy(BEATS);
        return new HeartbeatSettings(beat, longEnough, beat.multipliedBy(STEADY_BEATS), true);
    }

    /** The same settings for a node that follows its own clock. */
    public HeartbeatSettings withOwnTime() {
        return new HeartbeatSettings(beat, death, steady, false);
    }
}
