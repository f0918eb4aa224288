package dev.oaiproxy.proxy.upstream.websocket;

/** The result of a WebSocket handshake with OpenAI. */
public sealed interface HandshakeResult {
    record Opened(UpstreamWebSocket socket) implements HandshakeResult {}

    /** OpenAI answered with an ordinary HTTP status. */
    record Rejected(int status) implements HandshakeResult {}
}
