package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.request.facts.RequestFacts;
import org.jspecify.annotations.Nullable;

/**
 * The form in which a client gets a transcript. Captions and plain text state no usage, and neither
 * does a translation in short JSON. OpenAI is then asked for another format, and the client's own
 * one is made from it.
 */
public enum TranscriptFormat {
    /** As OpenAI sends it. */
    AS_SENT(null),
    /** Short JSON, made from the verbose one. */
    JSON("application/json"),
    TEXT(TranscriptFormat.PLAIN),
    SRT(TranscriptFormat.PLAIN),
    VTT(TranscriptFormat.PLAIN);

    private static final String PLAIN = "text/plain; charset=utf-8";

    private final @Nullable String contentType;

    TranscriptFormat(@Nullable String contentType) {
        this.contentType = contentType;
    }

    /** The content type for the client, or null for that of OpenAI's response. */
    @Nullable String contentType() {
        return contentType;
    }

    /** The format that a request names, or the usual one. */
    public static String requested(RequestFacts facts) {
        String format = facts.flow().format();
        return format == null || format.isEmpty() ? "json" : format;
    }

    /** A task that turns speech into text. */
    public enum SpeechTask {
        TRANSCRIPTION("json"),
        TRANSLATION("verbose_json");

        private final String usual;

        SpeechTask(String usual) {
            this.usual = usual;
        }

        /** The format that OpenAI is asked for, so that its response states a usage. */
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
