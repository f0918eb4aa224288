package dev.oaiproxy.proxy.upstream.websocket;

/** A whole message of a WebSocket, for any number of frames, or the end of the WebSocket. */
public sealed interface WebSocketMessage {
    /**
     * The largest message in either direction, in bytes of a binary one or characters of a text.
     */
    int MOST = 16 << 20;

    record Text(String text) implements WebSocketMessage {
        /** The length only, since the content is private. */
        @Override
        public String toString() {
            return "Text[" + text.length() + "]";
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Bytes in transit, never compared.
    record Binary(byte[] bytes) implements WebSocketMessage {}

    /**
     * The end, as the other side declared it.
     *
     * @param code the close code, 1005 when there was none
     */
    record Closed(int code, String reason) implements WebSocketMessage {}
}
