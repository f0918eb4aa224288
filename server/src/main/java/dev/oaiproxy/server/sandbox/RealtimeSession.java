package dev.oaiproxy.server.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** The settings of a realtime session, in OpenAI's shape; changed by merging. */
record RealtimeSession(ObjectNode json) {
    static RealtimeSession conversing(String id, String model) {
        ObjectNode json = frame(id, "realtime");
        json.put("model", model).put("instructions", "").put("max_output_tokens", "inf");
        json.putArray("output_modalities").add("audio");
        json.putArray("tools");
        json.put("tool_choice", "auto");
        ObjectNode audio = json.putObject("audio");
        input(audio).putObject("turn_detection").put("type", "server_vad");
        format(audio.putObject("output")).put("voice", "alloy").put("speed", 1);
        return new RealtimeSession(json);
    }

    static RealtimeSession transcribing(String id) {
        ObjectNode json = frame(id, "transcription");
        input(json.putObject("audio")).putObject("turn_detection").put("type", "server_vad");
        return new RealtimeSession(json);
    }

    private static ObjectNode frame(String id, String type) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", type)
                .put("object", "realtime.session")
                .put("id", "sess_" + id);
    }

    private static ObjectNode input(ObjectNode audio) {
        return format(audio.putObject("input")).putNull("transcription");
    }

    private static ObjectNode format(ObjectNode side) {
        side.putObject("format").put("type", "audio/pcm").put("rate", 24000);
        return side;
    }

    RealtimeSession with(JsonNode update) {
        ObjectNode merged = json.deepCopy();
        merge(merged, update);
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

    boolean answers() {
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
