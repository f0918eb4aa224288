package dev.oaiproxy.proxy.connection;

import java.util.Locale;

/** The reasons why the proxy ends a connection that its client still uses. */
public enum CutReason {
    /** No request came, or not its whole head. */
    SLOW_HEAD,
    /** A body or WebSocket message stalled or came too slowly. */
    SLOW_BODY,
    /** The client did not read its response. */
    SLOW_READER,
    /** There was no request for a long time. */
    IDLE,
    /** The bytes were not a request. */
    FRAMING,
    /** Another connection took its place. */
    EVICTED,
    /** Its address or the server had reached its limit, with all connections in use. */
    CROWDED;

    /** The setting that controls it, for logs. */
    String setting() {
        return switch (this) {
            case SLOW_HEAD -> "server.head-timeout";
            case SLOW_BODY -> "server.client-timeout,server.least-body-rate";
            case SLOW_READER -> "server.client-timeout";
            case IDLE -> "server.idle-timeout";
            case EVICTED, CROWDED -> "server.max-connections,server.max-connections-per-address";
            case FRAMING -> "none";
        };
    }

    /** Its name in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
