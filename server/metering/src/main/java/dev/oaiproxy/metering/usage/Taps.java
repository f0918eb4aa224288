package dev.oaiproxy.metering.usage;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.object.ImageUsage;
import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.metering.usage.object.ResponseUsage;
import dev.oaiproxy.metering.usage.object.TranscriptUsage;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.metering.usage.object.UsageSchema;

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
        return new JsonTap(UsageSchema.CHAT.withLongCache(longCacheWrite));
    }

    /** For an answer of embeddings. */
    public static Tap embeddings() {
        return new JsonTap(UsageSchema.EMBEDDINGS);
    }

    /**
     * For an answer of chat or legacy completions that is a stream of events.
     *
     * @param strip true when the client did not ask for the usage that we asked for: the client
     *     then gets the stream as it would be without. Events are handed on whole. With false,
     *     bytes pass at once and unchanged.
     * @param longCacheWrite as in {@link #chat}
     * @param lease what memory for long events is taken from, here and below
     */
    public static Tap chatStream(boolean strip, boolean longCacheWrite, Lease lease) {
        return new ChatStreamTap(strip, UsageSchema.CHAT.withLongCache(longCacheWrite), lease);
    }

    /** For a response that is one JSON object. */
    public static Tap response(ResponseTerms terms) {
        return new JsonTap(terms.shape(), response -> ResponseUsage.of(response, terms));
    }

    /** For a response that is a stream of events. */
    public static Tap responseStream(ResponseTerms terms, Lease lease) {
        return new EventTap(new ResponseUsageEvents(terms), lease);
    }

    /**
     * For the answer of a compaction.
     *
     * @param longCacheWrite as in {@link #chat}
     */
    public static Tap compaction(boolean longCacheWrite) {
        return new JsonTap(UsageSchema.RESPONSE.withLongCache(longCacheWrite));
    }

    /** For a decision, of which the input alone is billed, and all of it at the input rate. */
    public static Tap decision() {
        return new JsonTap(UsageSchema.DECISION);
    }

    /** For images that come as one JSON object, generated or edited. */
    public static Tap image() {
        return new JsonTap(UsageSchema.IMAGE, ImageUsage::of);
    }

    /**
     * For images that come as a stream of events. Each states its own usage, and nobody knows how
     * many there will be, so it is final only at the end of the stream.
     */
    public static Tap imageStream(Lease lease) {
        return new EventTap(FinalUsageEvents.images(), lease);
    }

    /** For speech that the client asked for as a stream of events. */
    public static Tap speechStream(Lease lease) {
        return new EventTap(FinalUsageEvents.speech(), lease);
    }

    /**
     * For speech that the client asked for as audio, and we as a stream of events, because audio
     * alone states no usage. The client gets the audio alone.
     */
    public static Tap speechAudio(Lease lease) {
        return new SpeechAudioTap(lease);
    }

    /**
     * For a transcript or a translation that comes as JSON.
     *
     * @param asked what the client asked for, and gets: where it is not JSON, we asked for JSON
     *     instead, for the sake of the usage; for captions we asked for the verbose one
     * @param verbose whether we asked for the verbose JSON and the client for the short one
     */
    public static Tap transcript(TranscriptFormat asked, boolean verbose, Lease lease) {
        Tap reading = new JsonTap(UsageSchema.TRANSCRIPT, TranscriptUsage::of);
        boolean same = asked == TranscriptFormat.JSON && !verbose;
        return same ? reading : new TranscriptTap(asked, reading, lease);
    }

    /** For a transcript that is a stream of events. */
    public static Tap transcriptStream(Lease lease) {
        return new EventTap(FinalUsageEvents.transcript(), lease);
    }

    /** For an answer whose usage the request alone decides: it counts when the body has ended. */
    public static Tap fixed(Usage usage) {
        return new FixedTap(usage, new JsonTap(UsageSchema.RESPONSE));
    }

    /** For an object that is settled later by its id. */
    public static Tap pending() {
        return new JsonTap(UsageSchema.RESPONSE, Taps::pending);
    }

    private static UsageResult pending(ParsedResponse response) {
        String id = response.id();
        return id == null
                ? new UsageResult.Missing(response.failed())
                : new UsageResult.Pending(id);
    }
}
