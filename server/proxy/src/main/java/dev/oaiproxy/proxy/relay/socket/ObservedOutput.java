package dev.oaiproxy.proxy.relay.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The output that has been observed in a session. The events of its responses do not state tokens.
 */
final class ObservedOutput {
    private static final String AUDIO = "audio.delta";

    /** A token is 50 ms of sound, in the format with the fewest bytes: G.711. */
    private static final long FEWEST_BYTES_PER_TOKEN = 400;

    private static final TokenBounds NOTHING = new TokenBounds(0, 0);

    private final Map<String, TokenBounds> before = new HashMap<>();
    private TokenBounds all = NOTHING;

    /** An upper bound in tokens. */
    private record TokenBounds(long text, long audio) {}

    /** Notes that a response begins. All output from now on may belong to it. */
    void begin(String id) {
        before.put(id, all);
    }

    void end(String id) {
        before.remove(id);
    }

    void heard(String type, String event) {
        String delta = SocketEvent.text(event, "delta");
        all =
                type.endsWith(AUDIO)
                        ? new TokenBounds(all.text, all.audio + audio(delta))
                        : new TokenBounds(all.text + delta.getBytes(UTF_8).length, all.audio);
    }

    private static long audio(String base64) {
        return Math.ceilDiv(base64.length() * 3L / 4, FEWEST_BYTES_PER_TOKEN);
    }

    /** True when nothing has come since the response began. */
    boolean isSilent(String id) {
        return before.getOrDefault(id, all).equals(all);
    }

    /**
     * An upper bound of the usage of a response so far.
     *
     * @param id null for a response that has not begun
     * @param text the text tokens that it reads
     * @param audio the other tokens that it reads
     */
    Usage usage(@Nullable String id, long text, long audio) {
        TokenBounds begin = id == null ? all : before.getOrDefault(id, NOTHING);
        return new Usage(
                null,
                null,
                Map.of(
                        Unit.INPUT,
                        text,
                        Unit.AUDIO_INPUT,
                        audio,
                        Unit.OUTPUT,
                        all.text - begin.text,
                        Unit.AUDIO_OUTPUT,
                        all.audio - begin.audio));
    }
}
