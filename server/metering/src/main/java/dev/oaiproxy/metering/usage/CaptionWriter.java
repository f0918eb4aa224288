package dev.oaiproxy.metering.usage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a transcript that OpenAI sent as JSON in the form that it would have sent instead. */
final class CaptionWriter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MILLIS = 1000;

    private CaptionWriter() {}

    /** The transcript in that form, or null when the JSON is none, or lacks what the form needs. */
    static @Nullable String of(TranscriptFormat format, byte[] json) {
        try {
            JsonNode answer = JSON.readTree(json);
            return answer.path("text").isTextual() ? of(format, answer) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable String of(TranscriptFormat format, JsonNode answer)
            throws IOException {
        String text = answer.path("text").textValue();
        return switch (format) {
            case AS_SENT -> null;
            case JSON -> JSON.writeValueAsString(Map.of("text", text));
            case TEXT -> text + "\n";
            case SRT -> captions(answer.path("segments"), true);
            case VTT -> captions(answer.path("segments"), false);
        };
    }

    private static @Nullable String captions(JsonNode segments, boolean srt) {
        if (!segments.isArray()) {
            return null;
        }
        StringBuilder captions = new StringBuilder(srt ? "" : "WEBVTT\n\n");
        int number = 1;
        for (JsonNode segment : segments) {
            String count = srt ? number++ + "\n" : "";
            captions.append(count).append(caption(segment, srt ? ',' : '.'));
        }
        return captions.toString();
    }

    private static String caption(JsonNode segment, char point) {
        return time(segment.path("start"), point)
                + " --> "
                + time(segment.path("end"), point)
                + "\n"
                // An arrow in the text would be read as one of the form.
                + segment.path("text").asText().strip().replace("-->", "->")
                + "\n\n";
    }

    private static String time(JsonNode seconds, char point) {
        long millis = Math.round(seconds.asDouble() * MILLIS);
        long whole = millis / MILLIS;
        return "%02d:%02d:%02d%c%03d"
                .formatted(whole / 3600, whole / 60 % 60, whole % 60, point, millis % MILLIS);
    }
}
