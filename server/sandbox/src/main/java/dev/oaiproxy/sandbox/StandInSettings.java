package dev.oaiproxy.sandbox;

import java.time.Duration;

/**
 * Configuration of a stand-in.
 *
 * @param port the port on 127.0.0.1, 0 for a free one
 * @param apiKey the only key that it accepts
 * @param eventDelay the time per token of a response
 * @param outputTokens the visible tokens of a choice, if no directive sets them
 */
public record StandInSettings(int port, String apiKey, Duration eventDelay, int outputTokens) {
    /** A free port, the key {@code sk-sandbox}, no delay, and responses of 16 tokens. */
    public static final StandInSettings DEFAULT =
            new StandInSettings(0, "sk-sandbox", Duration.ZERO, 16);

    public StandInSettings withPort(int other) {
        return new StandInSettings(other, apiKey, eventDelay, outputTokens);
    }

    /** Leaves out the key, which is a secret. */
    @Override
    public String toString() {
        return "Settings[port=" + port + ", eventDelay=" + eventDelay + "]";
    }
}
