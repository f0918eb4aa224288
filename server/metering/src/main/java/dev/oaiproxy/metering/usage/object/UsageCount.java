package dev.oaiproxy.metering.usage.object;

/** A count of a usage object, whatever its name. All but the totals are parts of a total. */
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
    /** Seconds, which may be a fraction and are rounded up. */
    SECONDS,
    SEARCHES
}
