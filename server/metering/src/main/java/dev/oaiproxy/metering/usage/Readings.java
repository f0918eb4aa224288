package dev.oaiproxy.metering.usage;

import org.jspecify.annotations.Nullable;

/** Reads the usage of what is at hand whole. */
public final class Readings {
    private static final String DONE = "response.done";
    private static final String TRANSCRIBED =
            "conversation.item.input_audio_transcription.completed";

    private Readings() {}

    /** What a response comes to, as it was fetched. */
    public static Reading response(byte[] json, ResponseTerms terms) {
        return ResponseMeaning.of(read(new Answer(terms.shape()), json), terms);
    }

    /**
     * What an event of a realtime session comes to: a response, or the transcript of what was said
     * to it, which another model made. Every other event is missing a usage.
     */
    public static Reading realtime(byte[] json) {
        Answer event = read(new Answer(Shape.REALTIME, "response"), json);
        String type = event.text("/type");
        if (DONE.equals(type)) {
            return done(event, event.usage());
        }
        return TRANSCRIBED.equals(type)
                ? TranscriptMeaning.of(read(new Answer(Shape.TRANSCRIPT), json))
                : new Reading.Missing(event.failed() || "error".equals(type));
    }

    private static Reading done(Answer event, @Nullable Stated usage) {
        boolean failed = event.failed() || "failed".equals(event.text("status"));
        return usage == null ? new Reading.Missing(failed, event.id()) : event.reading();
    }

    private static Answer read(Answer answer, byte[] json) {
        AnswerReader reader = new AnswerReader(answer);
        reader.take(json, 0, json.length);
        reader.close();
        return answer;
    }
}
