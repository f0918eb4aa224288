package dev.oaiproxy.proxy.upstream.websocket;

/** What comes over a WebSocket: whole messages, whatever frames they came in, and its end. */
public sealed interface WebSocketMessage {
    /**
     * The largest message in either direction, in bytes of a binary one or characters of a text.
     */
    int MOST = 16 << 20;

    record Text(String text) implements WebSocketMessage {
        /** The length only: what is said is nobody's business. */
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
     * @param code the close code, 1005 where none was given
     */
    record Closed(int code, String reason) implements WebSocketMessage {}
}
