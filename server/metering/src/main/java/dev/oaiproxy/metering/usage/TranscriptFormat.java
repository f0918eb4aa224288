package dev.oaiproxy.metering.usage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The client's format of a transcript. Captions and plain text state no usage, and neither does a
 * translation in short JSON. For these, the proxy requests another format from OpenAI and converts
 * the response.
 */
public enum TranscriptFormat {
    /** The format of OpenAI's response, unchanged. */
    AS_SENT(null),
    /** Short JSON, converted from verbose JSON. */
    JSON("application/json"),
    TEXT(TranscriptFormat.PLAIN),
    SRT(TranscriptFormat.PLAIN),
    VTT(TranscriptFormat.PLAIN);

    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final long MILLIS = 1000;

    private final @Nullable String contentType;

    TranscriptFormat(@Nullable String contentType) {
        this.contentType = contentType;
    }

    /** The content type for the client, or null for that of OpenAI's response. */
    @Nullable String contentType() {
        return contentType;
    }

    /** The requested format, or the default. */
    public static String requested(RequestFacts facts) {
        String format = facts.flow().format();
        return format == null || format.isEmpty() ? "json" : format;
    }

    /**
     * Converts a transcript from OpenAI's JSON to this format.
     *
     * @return null if the JSON is no transcript, or lacks a field that the format needs
     */
    @Nullable String write(byte[] json) {
        try {
            JsonNode answer = MAPPER.readTree(json);
            return answer.path("text").isTextual() ? write(answer) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private @Nullable String write(JsonNode answer) throws IOException {
        String text = answer.path("text").textValue();
        return switch (this) {
            case AS_SENT -> null;
            case JSON -> MAPPER.writeValueAsString(Map.of("text", text));
            case TEXT -> text + "\n";
            case SRT, VTT -> captions(answer.path("segments"));
        };
    }

    private @Nullable String captions(JsonNode segments) {
        if (!segments.isArray()) {
            return null;
        }
        boolean srt = this == SRT;
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
                // An arrow in the text would be read as part of the caption format.
                + segment.path("text").asText().strip().replace("-->", "->")
                + "\n\n";
    }

    private static String time(JsonNode seconds, char point) {
        long millis = Math.round(seconds.asDouble() * MILLIS);
        long whole = millis / MILLIS;
        return "%02d:%02d:%02d%c%03d"
                .formatted(whole / 3600, whole / 60 % 60, whole % 60, point, millis % MILLIS);
    }

    public enum SpeechTask {
        TRANSCRIPTION("json"),
        TRANSLATION("verbose_json");

        private final String usual;

        SpeechTask(String usual) {
            this.usual = usual;
        }

        /** The format to request from OpenAI, so that its response states a usage. */
        public String sent(String requested) {
            return switch (requested) {
                case "srt", "vtt" -> "verbose_json";
                case "text", "json" -> usual;
                default -> requested;
            };
        }

        TranscriptFormat format(String requested) {
            return switch (requested) {
                case "text" -> TEXT;
                case "srt" -> SRT;
                case "vtt" -> VTT;
                case "json" -> sent(requested).equals(requested) ? AS_SENT : JSON;
                default -> AS_SENT;
            };
        }
    }
}
