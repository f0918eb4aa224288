package dev.oaiproxy.proxy.connection;

import java.time.Duration;

/**
 * Limits on client connections.
 *
 * @param connections the most connections at once
 * @param perAddress the most connections of one address whose clients have shown a known key
 * @param strangersPerAddress the most connections of one address whose clients have not
 * @param headTime the longest time for the head of a request
 * @param idleTime the longest wait for the next request
 * @param silence the longest pause inside a body, and the longest wait for a client to read
 * @param bodyBytesPerSecond the lowest average speed of a body
 */
public record ConnectionLimits(
        int connections,
        int perAddress,
        int strangersPerAddress,
        Duration headTime,
        Duration idleTime,
        Duration silence,
        long bodyBytesPerSecond) {

    public ConnectionLimits {
        if (connections < 1 || perAddress < 1 || strangersPerAddress < 1) {
            throw new IllegalArgumentException("connection limits must be at least 1");
        }
    }

    /** The pause between two checks for slow connections. */
    Duration lookEvery() {
        Duration shortest = headTime.compareTo(silence) < 0 ? headTime : silence;
        long millis = Math.min(shortest.toMillis(), idleTime.toMillis()) / 4;
        return Duration.ofMillis(Math.clamp(millis, 5, 250));
    }
}
