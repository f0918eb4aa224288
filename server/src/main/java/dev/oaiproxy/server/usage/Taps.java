package dev.oaiproxy.server.usage;

import dev.oaiproxy.server.usage.CompletionUsage.Kind;

/** Makes the tap that fits an answer. Each tap serves one answer. */
public final class Taps {
    private Taps() {}

    /**
     * For a chat answer that is one JSON object.
     *
     * @param longCacheWrite whether the request may have written to the cache for 12 hours, which
     *     the usage of chat does not tell
     */
    public static Tap chat(boolean longCacheWrite) {
        return new JsonTap(Kind.chat(longCacheWrite));
    }

    /** For an answer of embeddings. */
    public static Tap embeddings() {
        return new JsonTap(Kind.EMBEDDINGS);
    }

    /**
     * For a chat answer that is a stream of events.
     *
     * @param strip true when the client did not ask for the usage that we asked for: the client
     *     then gets the stream as it would be without. Events are handed on whole. With false,
     *     bytes pass at once and unchanged.
     * @param longCacheWrite as in {@link #chat}
     */
    public static Tap chatStream(boolean strip, boolean longCacheWrite) {
        return new ChatStreamTap(strip, Kind.chat(longCacheWrite));
    }
}
