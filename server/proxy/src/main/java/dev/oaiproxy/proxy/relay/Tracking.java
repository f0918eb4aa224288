package dev.oaiproxy.proxy.relay;

/**
 * What is kept of requests and answers.
 *
 * @param bodies false to keep nothing but the row of the ledger
 * @param mostBytes how much of each body is kept
 */
public record Tracking(boolean bodies, int mostBytes) {}
