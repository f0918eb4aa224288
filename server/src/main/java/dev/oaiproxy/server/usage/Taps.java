package dev.oaiproxy.server.usage;

/** Makes the tap that fits an answer. Each tap serves one answer. */
public final class Taps {
    private Taps() {}

    /**
     * For a chat answer that is one JSON object, and for one of legacy completions.
     *
     * @param longCacheWrite whether the request may have written to the cache for 12 hours, which
     *     the usage of chat does not tell
     */
    public static Tap chat(boolean longCacheWrite) {
        return new JsonTap(Shape.CHAT.withLongCache(longCacheWrite));
    }

    /** For an answer of embeddings. */
    public static Tap embeddings() {
        return new JsonTap(Shape.EMBEDDINGS);
    }

    /**
     * For an answer of chat or legacy completions that is a stream of events.
     *
     * @param strip true when the client did not ask for the usage that we asked for: the client
     *     then gets the stream as it would be without. Events are handed on whole. With false,
     *     bytes pass at once and unchanged.
     * @param longCacheWrite as in {@link #chat}
     */
    public static Tap chatStream(boolean strip, boolean longCacheWrite) {
        return new ChatStreamTap(strip, Shape.CHAT.withLongCache(longCacheWrite));
    }

    /** For a response that is one JSON object. */
    public static Tap response(ResponseTerms terms) {
        return new JsonTap(terms.shape(), answer -> ResponseMeaning.of(answer, terms));
    }

    /** For a response that is a stream of events. */
    public static Tap responseStream(ResponseTerms terms) {
        return new EventTap(new ResponseStory(terms));
    }

    /**
     * For the answer of a compaction.
     *
     * @param longCacheWrite as in {@link #chat}
     */
    public static Tap compaction(boolean longCacheWrite) {
        return new JsonTap(Shape.RESPONSE.withLongCache(longCacheWrite));
    }

    /** For a decision, of which the input alone is billed, and all of it at the input rate. */
    public static Tap decision() {
        return new JsonTap(Shape.DECISION);
    }
}
