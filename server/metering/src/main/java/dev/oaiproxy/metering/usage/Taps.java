package dev.oaiproxy.metering.usage;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.metering.usage.object.ResponseUsage;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.metering.usage.object.UsageSchema;
import java.util.Map;
import java.util.TreeMap;

/** Makes the tap of a response. Each tap reads one response. */
public final class Taps {
    private Taps() {}

    /** The tap for a chat or a legacy completion that is one JSON object. */
    public static Tap chat(RequestFacts facts) {
        return new JsonTap(withCache(UsageSchema.CHAT, facts));
    }

    /** The usage does not state whether the request wrote to the cache for 12 hours. */
    private static UsageSchema withCache(UsageSchema schema, RequestFacts facts) {
        return facts.input().longCacheWrite() ? schema.withLongCache() : schema;
    }

    public static Tap embeddings() {
        return new JsonTap(UsageSchema.EMBEDDINGS);
    }

    /**
     * The tap for a chat or a legacy completion that is a stream of events. A client that did not
     * ask for the usage gets the stream without it, in complete events. Otherwise bytes pass at
     * once and unchanged.
     *
     * @param lease the memory for long events, here and below
     */
    public static Tap chatStream(RequestFacts facts, Lease lease) {
        UsageSchema schema = withCache(UsageSchema.CHAT, facts);
        return new ChatStreamTap(facts.flow(), schema, lease);
    }

    public static Tap response(ResponseTerms terms) {
        return new JsonTap(terms.shape(), response -> ResponseUsage.of(response, terms));
    }

    public static Tap responseStream(ResponseTerms terms, Lease lease) {
        return new EventTap(new ResponseUsageEvents(terms), lease);
    }

    public static Tap compaction(RequestFacts facts) {
        return new JsonTap(withCache(UsageSchema.RESPONSE, facts));
    }

    /** The tap for a decision. Only its input is billed, all at the input rate. */
    public static Tap decision() {
        return new JsonTap(UsageSchema.DECISION);
    }

    public static Tap image() {
        return new JsonTap(UsageSchema.IMAGE, ParsedResponse::imageReading);
    }

    /**
     * The tap for images in a stream of events. Each image states its own usage, and their number
     * is not known in advance, so the usage is final only at the end of the stream.
     */
    public static Tap imageStream(Lease lease) {
        return new EventTap(FinalUsageEvents.images(), lease);
    }

    /** The tap for speech that the client requested as a stream of events. */
    public static Tap speechStream(Lease lease) {
        return new EventTap(FinalUsageEvents.speech(), lease);
    }

    /**
     * The tap for speech that the client requested as audio. The proxy requests a stream of events,
     * because audio states no usage, and the client gets only the audio.
     */
    public static Tap speechAudio(Lease lease) {
        return new SpeechAudioTap(lease);
    }

    /**
     * The tap for a transcript or a translation in JSON.
     *
     * @param format the client's format
     */
    public static Tap transcript(TranscriptFormat format, Lease lease) {
        Tap json = new JsonTap(UsageSchema.TRANSCRIPT, ParsedResponse::transcriptReading);
        return format == TranscriptFormat.AS_SENT ? json : new TranscriptTap(format, json, lease);
    }

    public static Tap transcriptStream(Lease lease) {
        return new EventTap(FinalUsageEvents.transcript(), lease);
    }

    /** The tap for a response whose usage depends only on the request. */
    public static Tap requested(RequestFacts facts) {
        Map<Unit, Long> units = new TreeMap<>();
        for (Surcharge surcharge : facts.extras()) {
            if (surcharge instanceof Surcharge.Units part) {
                units.put(part.unit(), part.most());
            }
        }
        return fixed(new Usage(null, null, units));
    }

    /** The tap for an object that is charged later, while OpenAI keeps it. */
    public static Tap unbilled() {
        return fixed(new Usage(null, null, Map.of()));
    }

    /** The tap for a response of known usage, which counts once the body has ended. */
    static Tap fixed(Usage usage) {
        return new FixedTap(usage, new JsonTap(UsageSchema.RESPONSE));
    }

    /** The tap for an object whose settlement comes later, by its id. */
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
