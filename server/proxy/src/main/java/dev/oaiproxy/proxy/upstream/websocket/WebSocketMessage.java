package dev.oaiproxy.proxy.upstream.websocket;

/** A message of a WebSocket, whatever frames it came in, or its end. */
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

    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    record Binary(byte[] bytes) implements WebSocketMessage {}

    /**
     * The end, as the other side declared it.
     *
     * @param code the close code, 1005 when there was none
     */
    record Closed(int code, String reason) implements WebSocketMessage {}
}
