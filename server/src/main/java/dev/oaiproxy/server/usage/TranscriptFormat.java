package dev.oaiproxy.server.usage;

/** Stub. */
public enum TranscriptFormat {
    JSON,
    TEXT,
    SRT,
    VTT
}
