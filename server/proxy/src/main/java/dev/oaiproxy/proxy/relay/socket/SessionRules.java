package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses settings of a session or response that would cost more than is held or have no price.
 *
 * @param model the model of the conversation, null when it only transcribes
 */
record SessionRules(@Nullable String model) {
    private static final Set<String> TOOLS = Set.of("function", "mcp");

    /** Why settings may not be passed on, or null. */
    @Nullable Refusal objection(JsonNode settings, String where) {
        JsonNode other = settings.path("model");
        if (isThere(other) && !other.asText().equals(model)) {
            return new Refusal.Malformed(
                    "The model of a conversation cannot be changed. Open another one.",
                    where + ".model");
        }
        if (isThere(settings.path("prompt"))) {
            return new Refusal.Malformed(
                    "A stored prompt may name other models and tools, so this proxy takes none.",
                    where + ".prompt");
        }
        if (hasOwnVoice(settings)) {
            return new Refusal.Malformed(
                    "This proxy has no price for voices of one's own; name one of OpenAI's.",
                    where + ".audio.output");
        }
        return tools(settings.path("tools"), where);
    }

    private static boolean hasOwnVoice(JsonNode settings) {
        return settings.path("voice").isObject()
                || settings.path("audio").path("output").path("voice").isObject();
    }

    private static @Nullable Refusal tools(JsonNode tools, String where) {
        for (JsonNode tool : tools) {
            if (isThere(tool.path("tunnel_id"))) {
                return new Refusal.Malformed(
                        "The MCP tunnels of the account are not for this proxy's users.",
                        where + ".tools");
            }
            if (!TOOLS.contains(tool.path("type").asText())) {
                return new Refusal.Malformed(
                        "This proxy has no price for that tool in a conversation.",
                        where + ".tools");
            }
        }
        return null;
    }

    /** Why a session may not have that type, or null. */
    @Nullable Refusal typeObjection(JsonNode session) {
        JsonNode type = session.path("type");
        String own = model == null ? "transcription" : "realtime";
        return isThere(type) && !type.asText().equals(own)
                ? new Refusal.Malformed(
                        "The type of a session cannot be changed. Open another one.",
                        "session.type")
                : null;
    }

    /** The settings of the input's transcription, in today's place or in that of the beta. */
    static Optional<JsonNode> transcription(JsonNode session) {
        JsonNode today = session.path("audio").path("input").path("transcription");
        JsonNode beta = session.path("input_audio_transcription");
        return isThere(today) || isThere(beta)
                ? Optional.of(isThere(today) ? today : beta)
                : Optional.empty();
    }

    /** Why the transcription that a session asks for is malformed, or null. */
    static @Nullable Refusal transcriptionObjection(JsonNode session) {
        if (isThere(session.path("audio").path("input").path("transcription"))
                && isThere(session.path("input_audio_transcription"))) {
            return new Refusal.Malformed(
                    "Say once what is to transcribe.", "session.input_audio_transcription");
        }
        return transcription(session)
                        .filter(wanted -> wanted.path("model").asText().isEmpty())
                        .isPresent()
                ? new Refusal.Malformed("Name the model that is to transcribe.", "session.audio")
                : null;
    }

    private static boolean isThere(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }
}
