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

/** Makes the tap of a response. Each tap serves one response. */
public final class Taps {
    private Taps() {}

    /** For a chat or a legacy completion that is one JSON object. */
    public static Tap chat(RequestFacts facts) {
        return new JsonTap(withCache(UsageSchema.CHAT, facts));
    }

    /** The usage does not say whether the request wrote to the cache for 12 hours. */
    private static UsageSchema withCache(UsageSchema schema, RequestFacts facts) {
        return schema.withLongCache(facts.input().longCacheWrite());
    }

    public static Tap embeddings() {
        return new JsonTap(UsageSchema.EMBEDDINGS);
    }

    /**
     * For a chat or a legacy completion that is a stream of events. A client that did not ask for
     * the usage gets the stream without it, in whole events. Otherwise bytes pass at once and
     * unchanged.
     *
     * @param lease the memory for long events, here and below
     */
    public static Tap chatStream(RequestFacts facts, Lease lease) {
        UsageSchema schema = withCache(UsageSchema.CHAT, facts);
        return new ChatStreamTap(!facts.flow().usageWanted(), schema, lease);
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

    /** For a decision, of which the input alone is billed, and all of it at the input rate. */
    public static Tap decision() {
        return new JsonTap(UsageSchema.DECISION);
    }

    public static Tap image() {
        return new JsonTap(UsageSchema.IMAGE, ParsedResponse::imageReading);
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
     * @param format the form that the client gets
     */
    public static Tap transcript(TranscriptFormat format, Lease lease) {
        Tap json = new JsonTap(UsageSchema.TRANSCRIPT, ParsedResponse::transcriptReading);
        return format == TranscriptFormat.AS_SENT ? json : new TranscriptTap(format, json, lease);
    }

    public static Tap transcriptStream(Lease lease) {
        return new EventTap(FinalUsageEvents.transcript(), lease);
    }

    /** For a response whose usage the request alone decides. */
    public static Tap requested(RequestFacts facts) {
        Map<Unit, Long> units = new TreeMap<>();
        for (Surcharge surcharge : facts.extras()) {
            if (surcharge instanceof Surcharge.Units part) {
                units.put(part.unit(), part.most());
            }
        }
        return fixed(new Usage(null, null, units));
    }

    /** For what is charged later, while OpenAI keeps it. */
    public static Tap unbilled() {
        return fixed(new Usage(null, null, Map.of()));
    }

    /** For a response of known usage, which counts when the body has ended. */
    static Tap fixed(Usage usage) {
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
