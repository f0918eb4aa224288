package dev.oaiproxy.proxy.connection;

import java.util.Locale;

/** The reasons why the proxy ends a connection that its client still uses. */
public enum CutReason {
    /** No request came, or only a part of its head. */
    SLOW_HEAD,
    /** A body or WebSocket message stalled or came too slowly. */
    SLOW_BODY,
    /** The client did not read its response. */
    SLOW_READER,
    /** There was no request for a long time. */
    IDLE,
    /** The bytes were not a request. */
    FRAMING,
    /** Another connection took the place of this one. */
    EVICTED,
    /**
     * The client's address or the server had reached its limit, and all connections were in use.
     */
    CROWDED;

    /** The setting that controls the limit, for logs. */
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

    /** The name of the reason in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
