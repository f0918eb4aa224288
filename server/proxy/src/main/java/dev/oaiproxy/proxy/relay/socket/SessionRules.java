package dev.oaiproxy.proxy.relay.socket;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Refuses settings of a session or response that would cost more than is held or have no price.
 *
 * @param model the model of the session, null when it only transcribes
 */
record SessionRules(@Nullable String model) {
    private static final Set<String> TOOLS = Set.of("function", "mcp");

    /**
     * Checks settings before they are passed on.
     *
     * @param where the member with the settings: {@code session} or {@code response}
     * @throws RefusedException when they would cost more than is held, or have no price
     */
    void require(JsonNode settings, String where) {
        JsonNode other = settings.path("model");
        if (isThere(other) && !other.asText().equals(model)) {
            throw malformed(
                    "The model of a session cannot be changed. Open another session.",
                    where + ".model");
        }
        if (isThere(settings.path("prompt"))) {
            throw malformed(
                    "This proxy accepts no stored prompts, because they may name other models and"
                            + " tools.",
                    where + ".prompt");
        }
        if (settings.path("voice").isObject()
                || settings.path("audio").path("output").path("voice").isObject()) {
            throw malformed(
                    "This proxy has no price for custom voices; use one of OpenAI's voices.",
                    where + ".audio.output");
        }
        for (JsonNode tool : settings.path("tools")) {
            if (isThere(tool.path("tunnel_id"))) {
                throw malformed(
                        "Users of this proxy may not use the account's MCP tunnels.",
                        where + ".tools");
            }
            if (!TOOLS.contains(tool.path("type").asText())) {
                throw malformed(
                        "This proxy has no price for this tool in a session.", where + ".tools");
            }
        }
    }

    void requireType(JsonNode session) {
        JsonNode type = session.path("type");
        String own = model == null ? "transcription" : "realtime";
        if (isThere(type) && !type.asText().equals(own)) {
            throw malformed(
                    "The type of a session cannot be changed. Open another session.",
                    "session.type");
        }
    }

    /** The settings of the input's transcription, in today's place or in the place of the beta. */
    static Optional<JsonNode> transcription(JsonNode session) {
        JsonNode today = session.path("audio").path("input").path("transcription");
        JsonNode beta = session.path("input_audio_transcription");
        return Stream.of(today, beta).filter(SessionRules::isThere).findFirst();
    }

    /** The settings of the input's transcription, which must name one model in one place. */
    static Optional<JsonNode> requireTranscription(JsonNode session) {
        if (isThere(session.path("audio").path("input").path("transcription"))
                && isThere(session.path("input_audio_transcription"))) {
            throw malformed(
                    "Set the transcription in one place only.",
                    "session.input_audio_transcription");
        }
        Optional<JsonNode> wanted = transcription(session);
        if (wanted.isPresent() && wanted.get().path("model").asText().isEmpty()) {
            throw malformed("Set a transcription model.", "session.audio");
        }
        return wanted;
    }

    private static boolean isThere(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }
}
