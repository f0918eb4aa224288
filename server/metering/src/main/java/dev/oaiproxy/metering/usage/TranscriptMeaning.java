package dev.oaiproxy.metering.usage;

import org.jspecify.annotations.Nullable;

/** What a transcript comes to: tokens or seconds, or else the length of the audio. */
final class TranscriptMeaning {
    private TranscriptMeaning() {}

    static Reading of(Answer answer) {
        Stated usage = stated(answer);
        return usage == null
                ? new Reading.Missing(answer.failed())
                : usage.reading(answer.model(), answer.tier());
    }

    /** A translation states no usage, but in its longest form the length of the audio. */
    private static @Nullable Stated stated(Answer answer) {
        Stated usage = answer.usage();
        return usage == null && answer.ended() ? answer.usage("duration") : usage;
    }
}
