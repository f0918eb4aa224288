package dev.oaiproxy.proxy.upstream;

/** What OpenAI says to the wish for a WebSocket. */
public sealed interface Opening {
    record Opened(Socket socket) implements Opening {}

    /** It answered with an ordinary HTTP status. */
    record Refused(int status) implements Opening {}
}
