package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.usage.Tap;
import dev.oaiproxy.metering.usage.Taps;
import dev.oaiproxy.metering.usage.TranscriptFormat;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.proxy.quota.Order;
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
record Reception(Tap tap, Pace pace, @Nullable String contentType) {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    /** When bytes go to the client. */
    enum Pace {
        /** Events, at once, whole. */
        EVENTS,
        /** As they come, but for the last ones, which wait for the charge. */
        PIECES,
        /** Together, up to a size, so that the headers can tell the cost. */
        WHOLE
    }

    static Reception of(Order order, boolean stream, Lease lease) {
        return switch (order.meter()) {
            case SPEECH -> speech(order, stream, lease);
            case TRANSCRIPTION, TRANSLATION -> transcript(order, stream, lease);
            default -> new Reception(tap(order, stream, lease), pace(stream), null);
        };
    }

    private static Pace pace(boolean stream) {
        return stream ? Pace.EVENTS : Pace.WHOLE;
    }

    private static Tap tap(Order order, boolean stream, Lease lease) {
        RequestFacts facts = order.facts();
        boolean longCache = facts.input().longCacheWrite();
        return switch (order.meter()) {
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

    static ResponseTerms terms(RequestFacts facts) {
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

    private static Reception speech(Order order, boolean stream, Lease lease) {
        if (!stream) {
            return new Reception(Taps.fixed(known(order.facts())), Pace.PIECES, null);
        }
        return order.facts().flow().stream()
                ? new Reception(Taps.speechStream(lease), Pace.EVENTS, null)
                : new Reception(Taps.speechAudio(lease), Pace.PIECES, audioType(order.facts()));
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

    private static Reception transcript(Order order, boolean stream, Lease lease) {
        if (stream) {
            return new Reception(Taps.transcriptStream(lease), Pace.EVENTS, null);
        }
        String asked = Transcripts.asked(order.facts());
        String sent = Transcripts.upstream(order.meter(), order.facts());
        boolean verbose = asked.equals("json") && !sent.equals(asked);
        return switch (asked) {
            case "text" -> text(TranscriptFormat.TEXT, TEXT, lease);
            case "srt" -> text(TranscriptFormat.SRT, TEXT, lease);
            case "vtt" -> text(TranscriptFormat.VTT, TEXT, lease);
            default ->
                    new Reception(
                            Taps.transcript(TranscriptFormat.JSON, verbose, lease),
                            Pace.WHOLE,
                            verbose ? JSON : null);
        };
    }

    private static Reception text(TranscriptFormat format, String contentType, Lease lease) {
        return new Reception(Taps.transcript(format, false, lease), Pace.WHOLE, contentType);
    }
}
