package dev.oaiproxy.proxy.relay.call;

/**
 * What is kept of requests and answers.
 *
 * @param bodies false to keep nothing but the row of the ledger
 * @param mostBytes how much of each body is kept
 */
public record RecordingSettings(boolean bodies, int mostBytes) {}
