package dev.oaiproxy.proxy.log;

/** The shape of a log line. */
public enum LogFormat {
    /** Words, most of them {@code name=value}. */
    TEXT,
    /** One JSON object. */
    JSON
}
