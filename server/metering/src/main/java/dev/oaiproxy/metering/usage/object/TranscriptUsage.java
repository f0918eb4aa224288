package dev.oaiproxy.metering.usage.object;

import org.jspecify.annotations.Nullable;

/** The usage of a transcript: tokens or seconds, or else the length of the audio. */
public final class TranscriptUsage {
    private TranscriptUsage() {}

    public static UsageResult of(ParsedResponse response) {
        UsageObject usage = stated(response);
        return usage == null
                ? new UsageResult.Missing(response.failed())
                : usage.reading(response.model(), response.tier());
    }

    /** A translation states no usage, but in its longest form the length of the audio. */
    private static @Nullable UsageObject stated(ParsedResponse response) {
        UsageObject usage = response.usage();
        return usage == null && response.ended() ? response.usage("duration") : usage;
    }
}
