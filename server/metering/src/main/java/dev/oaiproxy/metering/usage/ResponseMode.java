package dev.oaiproxy.metering.usage;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.usage.TranscriptFormat.SpeechTask;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A way to read one response and pass it on.
 *
 * @param tap reads the usage as the bytes pass
 * @param contentType the content type for the client, or null for that of OpenAI's response
 */
public record ResponseMode(Tap tap, Pace pace, @Nullable String contentType) {
    /** The pace at which bytes go to the client. */
    public enum Pace {
        /** Complete events at once. */
        EVENTS,
        /** Bytes as they arrive, except for the last ones, which wait for the charge. */
        PIECES,
        /** The complete body, up to a size, so that the headers can state the cost. */
        WHOLE
    }

    private static ResponseMode whole(Tap tap) {
        return new ResponseMode(tap, Pace.WHOLE, null);
    }

    private static ResponseMode events(Tap tap) {
        return new ResponseMode(tap, Pace.EVENTS, null);
    }

    @FunctionalInterface
    public interface Factory {
        ResponseMode of(RequestFacts facts, Lease lease);
    }

    /**
     * The modes of an operation.
     *
     * @param whole for a response that is not a stream of events
     * @param stream for a response with the content type of an event stream
     */
    public record Choice(Factory whole, Factory stream) {}

    public static Choice json(Function<RequestFacts, Tap> json) {
        return jsonOrEvents(json, (facts, _) -> json.apply(facts));
    }

    public static Choice jsonOrEvents(
            Function<RequestFacts, Tap> json, BiFunction<RequestFacts, Lease, Tap> events) {
        return new Choice(
                (facts, _) -> whole(json.apply(facts)),
                (facts, lease) -> events(events.apply(facts, lease)));
    }

    /** The choice of an operation that has only WebSockets. */
    public static Choice none() {
        return json(
                _ -> {
                    throw new IllegalStateException("a WebSocket has no response");
                });
    }

    /** The choice of speech. OpenAI may send events while the client receives audio. */
    public static Choice speech() {
        return new Choice(
                (facts, _) -> new ResponseMode(Taps.requested(facts), Pace.PIECES, null),
                ResponseMode::speechEvents);
    }

    private static ResponseMode speechEvents(RequestFacts facts, Lease lease) {
        return facts.flow().stream()
                ? events(Taps.speechStream(lease))
                : new ResponseMode(
                        Taps.speechAudio(lease),
                        Pace.PIECES,
                        SpeechAudioTap.contentType(facts.flow().format()));
    }

    public static Choice transcript(SpeechTask task) {
        return new Choice(
                (facts, lease) -> transcript(task, facts, lease),
                (_, lease) -> events(Taps.transcriptStream(lease)));
    }

    private static ResponseMode transcript(SpeechTask task, RequestFacts facts, Lease lease) {
        TranscriptFormat format = task.format(TranscriptFormat.requested(facts));
        return new ResponseMode(Taps.transcript(format, lease), Pace.WHOLE, format.contentType());
    }
}
