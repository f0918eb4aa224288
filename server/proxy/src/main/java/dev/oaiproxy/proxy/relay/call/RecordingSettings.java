package dev.oaiproxy.proxy.relay.call;

/**
 * Settings for the recording of bodies.
 *
 * @param bodies false to record none
 * @param mostBytes the size at which each body is truncated
 */
public record RecordingSettings(boolean bodies, int mostBytes) {}
