package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.usage.Tap;
import dev.oaiproxy.metering.usage.Taps;
import dev.oaiproxy.metering.usage.TranscriptFormat;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.proxy.quota.QuotaRequest;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How one answer is taken and given.
 *
 * @param tap what understands it
 * @param contentType what the client is told that it gets, where that is not what OpenAI sends
 */
public record ResponseMode(Tap tap, Pace pace, @Nullable String contentType) {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    /** When bytes go to the client. */
    public enum Pace {
        /** Events, at once, whole. */
        EVENTS,
        /** As they come, but for the last ones, which wait for the charge. */
        PIECES,
        /** Together, up to a size, so that the headers can tell the cost. */
        WHOLE
    }

    static ResponseMode of(QuotaRequest request, boolean stream, Lease lease) {
        return switch (request.meter()) {
            case SPEECH -> speech(request, stream, lease);
            case TRANSCRIPTION, TRANSLATION -> transcript(request, stream, lease);
            default -> new ResponseMode(tap(request, stream, lease), pace(stream), null);
        };
    }

    private static Pace pace(boolean stream) {
        return stream ? Pace.EVENTS : Pace.WHOLE;
    }

    private static Tap tap(QuotaRequest request, boolean stream, Lease lease) {
        RequestFacts facts = request.facts();
        boolean longCache = facts.input().longCacheWrite();
        return switch (request.meter()) {
            case CHAT, COMPLETION ->
                    stream
                            ? Taps.chatStream(!facts.flow().usageWanted(), longCache, lease)
                            : Taps.chat(longCache);
            case RESPONSE ->
                    stream ? Taps.responseStream(terms(facts), lease) : Taps.response(terms(facts));
            case COMPACTION -> Taps.compaction(longCache);
            case EMBEDDINGS -> Taps.embeddings();
            case IMAGE, IMAGE_EDIT -> stream ? Taps.imageStream(lease) : Taps.image();
            case DECISION -> Taps.decision();
            case CONTAINER, SEARCH -> Taps.fixed(known(facts));
            case STORAGE -> Taps.fixed(new Usage(null, null, Map.of()));
            case BATCH, FINE_TUNING -> Taps.pending();
            case SPEECH, TRANSCRIPTION, TRANSLATION -> throw new IllegalStateException("sound");
            case REALTIME, REALTIME_TRANSLATION, RESPONSE_SOCKET ->
                    throw new IllegalStateException("a socket has no answer");
        };
    }

    /** What the request alone decides. */
    private static Usage known(RequestFacts facts) {
        Map<Unit, Long> units = new TreeMap<>();
        for (Surcharge surcharge : facts.extras()) {
            if (surcharge instanceof Surcharge.Units part) {
                units.put(part.unit(), part.most());
            }
        }
        return new Usage(null, null, units);
    }

    public static ResponseTerms terms(RequestFacts facts) {
        String image = null;
        String search = "tool:web_search";
        String container = "tool:container:1g";
        for (Surcharge surcharge : facts.tools().reach()) {
            switch (surcharge) {
                case Surcharge.Run run -> image = run.row();
                case Surcharge.Units units when units.unit() == Unit.WEB_SEARCH ->
                        search = units.row();
                case Surcharge.Units units when units.unit() == Unit.CONTAINER_MINUTES ->
                        container = units.row();
                case Surcharge.Units _,
                        Surcharge.Tokens _,
                        Surcharge.Author _,
                        Surcharge.Compaction _ -> {}
            }
        }
        return new ResponseTerms(
                facts.input().longCacheWrite(),
                facts.flow().background(),
                image,
                search,
                container,
                facts.flow().window());
    }

    private static ResponseMode speech(QuotaRequest request, boolean stream, Lease lease) {
        if (!stream) {
            return new ResponseMode(Taps.fixed(known(request.facts())), Pace.PIECES, null);
        }
        return request.facts().flow().stream()
                ? new ResponseMode(Taps.speechStream(lease), Pace.EVENTS, null)
                : new ResponseMode(
                        Taps.speechAudio(lease), Pace.PIECES, audioType(request.facts()));
    }

    private static String audioType(RequestFacts facts) {
        String format = facts.flow().format();
        return switch (format == null ? "mp3" : format.toLowerCase(Locale.ROOT)) {
            case "opus" -> "audio/opus";
            case "aac" -> "audio/aac";
            case "flac" -> "audio/flac";
            case "wav" -> "audio/wav";
            case "pcm" -> "audio/pcm";
            default -> "audio/mpeg";
        };
    }

    private static ResponseMode transcript(QuotaRequest request, boolean stream, Lease lease) {
        if (stream) {
            return new ResponseMode(Taps.transcriptStream(lease), Pace.EVENTS, null);
        }
        String asked = TranscriptFormats.asked(request.facts());
        String sent = TranscriptFormats.upstream(request.meter(), request.facts());
        boolean verbose = asked.equals("json") && !sent.equals(asked);
        return switch (asked) {
            case "text" -> text(TranscriptFormat.TEXT, TEXT, lease);
            case "srt" -> text(TranscriptFormat.SRT, TEXT, lease);
            case "vtt" -> text(TranscriptFormat.VTT, TEXT, lease);
            default ->
                    new ResponseMode(
                            Taps.transcript(TranscriptFormat.JSON, verbose, lease),
                            Pace.WHOLE,
                            verbose ? JSON : null);
        };
    }

    private static ResponseMode text(TranscriptFormat format, String contentType, Lease lease) {
        return new ResponseMode(Taps.transcript(format, false, lease), Pace.WHOLE, contentType);
    }
}
