package dev.oaiproxy.proxy.relay.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has been seen of the responses of a conversation, whose events do not tell their tokens. */
final class ObservedOutput {
    private static final String AUDIO = "audio.delta";

    /** A token is 50 ms of what is said, in the format with the fewest bytes: G.711. */
    private static final long FEWEST_BYTES_PER_TOKEN = 400;

    private static final Seen NOTHING = new Seen(0, 0);

    private final Map<String, Seen> before = new HashMap<>();
    private Seen all = NOTHING;

    /** Tokens, at the most. */
    private record Seen(long text, long audio) {}

    /** Notes that a response begins; what comes from now on may be some of it. */
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
                        ? new Seen(all.text, all.audio + audio(delta))
                        : new Seen(all.text + delta.getBytes(UTF_8).length, all.audio);
    }

    private static long audio(String base64) {
        return Math.ceilDiv(base64.length() * 3L / 4, FEWEST_BYTES_PER_TOKEN);
    }

    /** Whether nothing has come since a response began. */
    boolean isSilent(String id) {
        return before.getOrDefault(id, all).equals(all);
    }

    /**
     * What a response has come to by now, at the most.
     *
     * @param id null for one that has not begun
     * @param text the tokens of text that it reads
     * @param audio all others
     */
    Usage usage(@Nullable String id, long text, long audio) {
        Seen begin = id == null ? all : before.getOrDefault(id, NOTHING);
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
