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

    /** Stub. */
    public static Tap response(ResponseTerms t) {
        return embeddings();
    }

    /** Stub. */
    public static Tap responseStream(ResponseTerms t) {
        return embeddings();
    }

    /** Stub. */
    public static Tap compaction(boolean l) {
        return embeddings();
    }

    /** Stub. */
    public static Tap decision() {
        return embeddings();
    }

    /** Stub. */
    public static Tap image() {
        return embeddings();
    }

    /** Stub. */
    public static Tap imageStream() {
        return embeddings();
    }

    /** Stub. */
    public static Tap speechStream() {
        return embeddings();
    }

    /** Stub. */
    public static Tap speechAudio() {
        return embeddings();
    }

    /** Stub. */
    public static Tap transcript(TranscriptFormat f, boolean v) {
        return embeddings();
    }

    /** Stub. */
    public static Tap transcriptStream() {
        return embeddings();
    }

    /** Stub. */
    public static Tap fixed(Usage u) {
        return embeddings();
    }

    /** Stub. */
    public static Tap pending() {
        return embeddings();
    }
}
