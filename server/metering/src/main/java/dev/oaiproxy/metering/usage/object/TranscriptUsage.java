package dev.oaiproxy.metering.usage.object;

import org.jspecify.annotations.Nullable;

/** What a transcript comes to: tokens or seconds, or else the length of the audio. */
public final class TranscriptUsage {
    private TranscriptUsage() {}

    public static UsageResult of(ParsedResponse parsedResponse) {
        UsageObject usage = stated(parsedResponse);
        return usage == null
                ? new UsageResult.Missing(parsedResponse.failed())
                : usage.reading(parsedResponse.model(), parsedResponse.tier());
    }

    /** A translation states no usage, but in its longest form the length of the audio. */
    private static @Nullable UsageObject stated(ParsedResponse parsedResponse) {
        UsageObject usage = parsedResponse.usage();
        return usage == null && parsedResponse.ended() ? parsedResponse.usage("duration") : usage;
    }
}
