package dev.oaiproxy.metering.usage.object;

import org.jspecify.annotations.Nullable;

/** Reads the usage of a complete JSON text. */
public final class UsageReader {
    private static final String DONE = "response.done";
    private static final String TRANSCRIBED =
            "conversation.item.input_audio_transcription.completed";

    private UsageReader() {}

    public static UsageResult response(byte[] json, ResponseTerms terms) {
        return ResponseUsage.of(read(new ParsedResponse(terms.shape()), json), terms);
    }

    /**
     * The usage of a realtime event: that of a response, or of the transcript of its input, which
     * another model makes. All other events have no usage.
     */
    public static UsageResult realtime(byte[] json) {
        ParsedResponse event = read(new ParsedResponse(UsageSchema.REALTIME, "response"), json);
        String type = event.text("/type");
        if (DONE.equals(type)) {
            return done(event, event.usage());
        }
        return TRANSCRIBED.equals(type)
                ? read(new ParsedResponse(UsageSchema.TRANSCRIPT), json).transcriptReading()
                : new UsageResult.Missing(event.failed() || "error".equals(type));
    }

    private static UsageResult done(ParsedResponse event, @Nullable UsageObject usage) {
        boolean failed = event.failed() || "failed".equals(event.text("status"));
        return usage == null ? new UsageResult.Missing(failed, event.id()) : event.reading();
    }

    private static ParsedResponse read(ParsedResponse parsedResponse, byte[] json) {
        ResponseReader reader = new ResponseReader(parsedResponse);
        reader.take(json, 0, json.length);
        reader.close();
        return parsedResponse;
    }
}
