package dev.oaiproxy.proxy.upstream.websocket;

/** What OpenAI says to the wish for a WebSocket. */
public sealed interface HandshakeResult {
    record Opened(UpstreamWebSocket socket) implements HandshakeResult {}

    /** It answered with an ordinary HTTP status. */
    record Refused(int status) implements HandshakeResult {}
}
