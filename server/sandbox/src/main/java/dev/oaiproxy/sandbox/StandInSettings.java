package dev.oaiproxy.sandbox;

import java.time.Duration;

/**
 * How a stand-in behaves.
 *
 * @param port the port on 127.0.0.1, 0 for a free one
 * @param apiKey the one key that it accepts
 * @param eventDelay the time to make one token of an answer
 * @param outputTokens the visible tokens of a choice, where the request says nothing
 */
public record StandInSettings(int port, String apiKey, Duration eventDelay, int outputTokens) {
    /** A free port, the key {@code sk-sandbox}, no delay, and answers of 16 tokens. */
    public static final StandInSettings DEFAULT =
            new StandInSettings(0, "sk-sandbox", Duration.ZERO, 16);

    public StandInSettings withPort(int newPort) {
        return new StandInSettings(newPort, apiKey, eventDelay, outputTokens);
    }

    public StandInSettings withApiKey(String newKey) {
        return new StandInSettings(port, newKey, eventDelay, outputTokens);
    }

    public StandInSettings withEventDelay(Duration newDelay) {
        return new StandInSettings(port, apiKey, newDelay, outputTokens);
    }

    /** All but the key. */
    @Override
    public String toString() {
        return "Settings[port=" + port + ", eventDelay=" + eventDelay + "]";
    }
}
