package dev.oaiproxy.metering.usage;

/** How a client wants a transcript or a translation. */
public enum TranscriptFormat {
    /** Any of the JSON forms. */
    JSON,
    TEXT,
    SRT,
    VTT
}
