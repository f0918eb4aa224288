package dev.oaiproxy.sandbox.realtime;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tokens of a realtime response. Cached tokens are parts of their totals.
 *
 * @param audioCached the cached audio tokens of the input
 */
record RealtimeTokens(
        int text, int textCached, int audio, int audioCached, int textOut, int audioOut) {
    /**
     * A request's text may prescribe the usage: {@code
     * [[usage=TEXT/CACHED/AUDIO/TEXT-OUT/AUDIO-OUT]]}.
     */
    private static final Pattern DICTATED =
            Pattern.compile("\\[\\[usage=(\\d+)/(\\d+)/(\\d+)/(\\d+)/(\\d+)]]");

    static Optional<RealtimeTokens> dictated(String text) {
        Matcher match = DICTATED.matcher(text);
        return match.find()
                ? Optional.of(
                        new RealtimeTokens(
                                number(match, 1),
                                number(match, 2),
                                number(match, 3),
                                0,
                                number(match, 4),
                                number(match, 5)))
                : Optional.empty();
    }

    static String withoutDictate(String text) {
        return DICTATED.matcher(text).replaceAll("");
    }

    private static int number(Matcher match, int group) {
        return Integer.parseInt(match.group(group));
    }

    RealtimeTokens withOutput(int newText, int newAudio) {
        return new RealtimeTokens(text, textCached, audio, audioCached, newText, newAudio);
    }

    /** The text tokens for the bill. */
    TokenCounts tokens() {
        return new TokenCounts(text, textCached, 0, textOut, 0);
    }

    /** The audio tokens for the bill. */
    List<ExtraUsage> extras(String model) {
        return Stream.of(
                        new ExtraUsage(model, "audio_input", audio - audioCached),
                        new ExtraUsage(model, "audio_cached_input", audioCached),
                        new ExtraUsage(model, "audio_output", audioOut))
                .filter(extra -> extra.quantity() > 0)
                .toList();
    }

    ObjectNode json(InjectedFault fault) {
        int sign = fault.usageSign();
        int excess = fault == InjectedFault.BAD_USAGE ? text + 1 : 0;
        ObjectNode usage = newObject();
        usage.put("total_tokens", sign * (text + audio + textOut + audioOut));
        usage.put("input_tokens", sign * (text + audio));
        usage.put("output_tokens", sign * (textOut + audioOut));
        ObjectNode input = usage.putObject("input_token_details");
        input.put("text_tokens", text).put("audio_tokens", audio).put("image_tokens", 0);
        input.put("cached_tokens", textCached + audioCached + excess);
        input.putObject("cached_tokens_details")
                .put("text_tokens", textCached + excess)
                .put("audio_tokens", audioCached)
                .put("image_tokens", 0);
        usage.putObject("output_token_details")
                .put("text_tokens", textOut)
                .put("audio_tokens", audioOut);
        return usage;
    }
}
