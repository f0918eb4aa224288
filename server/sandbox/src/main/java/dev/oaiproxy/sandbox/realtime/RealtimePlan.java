package dev.oaiproxy.sandbox.realtime;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.SandboxState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The realtime response that the stand-in is about to produce.
 *
 * @param aside true if it stays out of the conversation
 * @param spoken true for audio, false for text
 * @param dictated the usage that the request's text prescribes
 * @param input the input tokens
 * @param visible the words of the output
 * @param whole false if the limit truncates it
 * @param output the settings that the response repeats
 */
record RealtimePlan(
        String id,
        String model,
        boolean aside,
        boolean spoken,
        Optional<RealtimeTokens> dictated,
        RealtimeTokens input,
        int visible,
        boolean whole,
        ObjectNode output,
        Duration delay,
        Directives directives) {
    /** A spoken word takes one token of text and two of audio. */
    static final int AUDIO_PER_WORD = 2;

    static RealtimePlan of(
            JsonNode asked,
            RealtimeSession settings,
            RealtimeConversation conversation,
            SandboxState sandbox) {
        JsonNode session = settings.json();
        boolean spoken = one("output_modalities", asked, session).path(0).asText().equals("audio");
        JsonNode limit = one("max_output_tokens", asked, session);
        int perWord = spoken ? 1 + AUDIO_PER_WORD : 1;
        int most = limit.isInt() ? limit.asInt() / perWord : Integer.MAX_VALUE;
        String text = conversation.lastText() + asked.path("instructions").asText("");
        Directives directives = sandbox.directives(RealtimeTokens.withoutDictate(text));
        int wanted = directives.tokens().orElse(sandbox.settings().outputTokens());
        return new RealtimePlan(
                "resp_" + sandbox.nextId(),
                settings.model(),
                asked.path("conversation").asText().equals("none"),
                spoken,
                RealtimeTokens.dictated(text),
                conversation.read(settings.instructions()),
                Math.min(wanted, most),
                wanted <= most,
                repeated(asked, session),
                sandbox.delay(directives),
                directives);
    }

    private static ObjectNode repeated(JsonNode asked, JsonNode session) {
        ObjectNode all = newObject();
        for (String name : List.of("output_modalities", "max_output_tokens")) {
            all.set(name, one(name, asked, session));
        }
        ObjectNode output = session.path("audio").path("output").deepCopy();
        all.putObject("audio").set("output", output.without("speed"));
        return all;
    }

    private static JsonNode one(String name, JsonNode asked, JsonNode session) {
        return asked.hasNonNull(name) ? asked.path(name) : session.path(name);
    }

    /** The usage after this many words. */
    RealtimeTokens usage(int made) {
        return dictated.orElse(input.withOutput(made, spoken ? AUDIO_PER_WORD * made : 0));
    }
}
