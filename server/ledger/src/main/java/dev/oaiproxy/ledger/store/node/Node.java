package dev.oaiproxy.ledger.store.node;

import java.time.Duration;
import java.time.Instant;

/**
 * A node, as operators see it.
 *
 * @param label its host and the number of its process there
 * @param settings a fingerprint of the settings that all nodes should share
 * @param prices the version of its price book
 * @param heartbeat its last heartbeat, by the database's clock
 * @param skew the lead of the database's clock over its own
 * @param held the number of its held calls
 * @param alive false when it is dead, and its calls are being ended
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
    /** The same node, declared dead. */
    public Node silent() {
        return new Node(
                number, label, version, settings, prices, startedAt, heartbeat, skew, held, false);
    }
}
