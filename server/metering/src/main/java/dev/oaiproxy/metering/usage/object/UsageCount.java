package dev.oaiproxy.metering.usage.object;

/** A count of a usage object, under any name. All but the sums are parts of a sum. */
enum UsageCount {
    INPUT,
    OUTPUT,
    TOTAL,
    CACHED,
    CACHED_TEXT,
    CACHED_AUDIO,
    CACHED_IMAGE,
    TEXT_IN,
    AUDIO_IN,
    IMAGE_IN,
    WRITTEN,
    WRITTEN_30M,
    WRITTEN_12H,
    REASONING,
    TEXT_OUT,
    AUDIO_OUT,
    IMAGE_OUT,
    ACCEPTED,
    REJECTED,
    /** May be a fraction, and is rounded up. */
    SECONDS,
    SEARCHES
}
