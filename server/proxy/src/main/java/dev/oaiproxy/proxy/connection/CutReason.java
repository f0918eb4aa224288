package dev.oaiproxy.proxy.connection;

import java.util.Locale;

/** Why a connection was ended by the proxy before its client had done with it. */
public enum CutReason {
    /** No request came, or not the whole head of one. */
    SLOW_HEAD,
    /** A body, or a message of a WebSocket, stood still or came too slowly. */
    SLOW_BODY,
    /** The client did not read what it had asked for. */
    SLOW_READER,
    /** Nothing was asked for a long time. */
    IDLE,
    /** What came was no request. */
    FRAMING,
    /** Another connection of the same address, or of any, took its place. */
    EVICTED,
    /** Its address, or the server, had as many connections as it may have, all of them in use. */
    CROWDED;

    /** The setting that decides about it, for logs. */
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
