package dev.oaiproxy.ledger.store.node;

import java.time.Duration;
import java.time.Instant;

/**
 * A process that uses the database, as operators see it.
 *
 * @param label its host and the number of its process there
 * @param settings what stands for the settings that all nodes should have the same
 * @param prices the version of its price book
 * @param heartbeat its last sign of life, by the database's clock
 * @param skew by how much the database's clock is ahead of its own
 * @param held its calls that have not ended
 * @param alive false when it is gone, and its calls are being ended
 */
public record Node(
        int number,
        String label,
        String version,
        String settings,
        String prices,
        Instant startedAt,
        Instant heartbeat,
        Duration skew,
        long held,
        boolean alive) {
    /** The same, of which nothing has been heard for long. */
    public Node silent() {
        return new Node(
                number, label, version, settings, prices, startedAt, heartbeat, skew, held, false);
    }
}
