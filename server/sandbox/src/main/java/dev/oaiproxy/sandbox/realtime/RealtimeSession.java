package dev.oaiproxy.sandbox.realtime;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** The settings of a realtime session as OpenAI's JSON, into which updates are merged. */
record RealtimeSession(ObjectNode json) {
    private static final long EXPIRES = 4_102_444_800L;
    private static final List<String> OF_ANSWERS =
            List.of("idle_timeout_ms", "create_response", "interrupt_response");
    private static final List<String> TRANSCRIPTION = List.of("model", "language", "prompt");

    static RealtimeSession conversing(String id, String model) {
        ObjectNode json = frame(id, "realtime");
        json.put("model", model).put("instructions", "").put("max_output_tokens", "inf");
        json.putArray("output_modalities").add("audio");
        json.putArray("tools");
        json.put("tool_choice", "auto").putNull("tracing").put("truncation", "auto");
        json.putNull("prompt").putNull("include").put("expires_at", EXPIRES);
        ObjectNode audio = json.putObject("audio");
        input(audio).set("turn_detection", detection());
        format(audio.putObject("output")).put("voice", "alloy").put("speed", 1);
        return new RealtimeSession(json);
    }

    static RealtimeSession transcribing(String id) {
        ObjectNode json = frame(id, "transcription");
        json.putNull("include").put("expires_at", EXPIRES);
        input(json.putObject("audio")).set("turn_detection", detection().without(OF_ANSWERS));
        return new RealtimeSession(json);
    }

    private static ObjectNode frame(String id, String type) {
        return newObject()
                .put("type", type)
                .put("object", "realtime.session")
                .put("id", "sess_" + id);
    }

    private static ObjectNode input(ObjectNode audio) {
        return format(audio.putObject("input")).putNull("transcription").putNull("noise_reduction");
    }

    private static ObjectNode detection() {
        return newObject()
                .put("type", "server_vad")
                .put("threshold", 0.5)
                .put("prefix_padding_ms", 300)
                .put("silence_duration_ms", 200)
                .putNull("idle_timeout_ms")
                .put("create_response", true)
                .put("interrupt_response", true);
    }

    private static ObjectNode format(ObjectNode side) {
        side.putObject("format").put("type", "audio/pcm").put("rate", 24000);
        return side;
    }

    RealtimeSession with(JsonNode update) {
        ObjectNode merged = json.deepCopy();
        merge(merged, update);
        // A session always lists all settings of its transcription.
        if (merged.at("/audio/input/transcription") instanceof ObjectNode transcription) {
            TRANSCRIPTION.stream()
                    .filter(name -> !transcription.has(name))
                    .forEach(transcription::putNull);
        }
        return new RealtimeSession(merged);
    }

    private static void merge(ObjectNode into, JsonNode update) {
        update.properties()
                .forEach(
                        member -> {
                            JsonNode old = into.path(member.getKey());
                            if (old instanceof ObjectNode inner && member.getValue().isObject()) {
                                merge(inner, member.getValue());
                            } else {
                                into.set(member.getKey(), member.getValue());
                            }
                        });
    }

    String model() {
        return json.path("model").asText();
    }

    String instructions() {
        return json.path("instructions").asText();
    }

    boolean converses() {
        return json.path("type").asText().equals("realtime");
    }

    boolean hasVad() {
        return json.path("audio").path("input").path("turn_detection").isObject();
    }

    Optional<String> transcriber() {
        JsonNode model = json.path("audio").path("input").path("transcription").path("model");
        return Optional.of(model.asText()).filter(name -> !name.isEmpty());
    }
}
