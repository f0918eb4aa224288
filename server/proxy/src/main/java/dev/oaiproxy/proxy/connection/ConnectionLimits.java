package dev.oaiproxy.proxy.connection;

import java.time.Duration;

/**
 * What clients may take of the server.
 *
 * @param connections how many at once
 * @param perAddress how many of one address, of those that have shown a key that is known
 * @param strangersPerAddress how many of one address that have not
 * @param headTime how long the head of a request may take
 * @param idleTime how long a connection may wait for its next request
 * @param silence how long a body may stand still, and a piece of an answer may wait to be taken
 * @param bodyBytesPerSecond how fast a body must come on the average
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
            throw new IllegalArgumentException("there must be room for one connection");
        }
    }

    /** How often slow ones are looked for. */
    Duration lookEvery() {
        Duration shortest = headTime.compareTo(silence) < 0 ? headTime : silence;
        long millis = Math.min(shortest.toMillis(), idleTime.toMillis()) / 4;
        return Duration.ofMillis(Math.clamp(millis, 5, 250));
    }
}
