package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.metering.price.TurnCeiling;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.quota.FixedHold;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.plan.WebSocketQuery;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.util.Map;

/**
 * The meter of {@code /realtime/translations}. OpenAI states no usage there, so it counts the
 * seconds of the audio that is sent, as PCM16 at 24 kHz. Each minute is held before it is sent.
 */
final class TranslationMeter implements SocketMeter {
    private static final long STEP_SECONDS = 60;
    private static final int SAMPLES_PER_SECOND = 24_000;
    private static final long BYTES_PER_SECOND = 48_000;
    private static final String APPEND = "input_audio_buffer.append";

    private final SessionHolds holds;
    private final SessionRules rules;
    private final Lease lease;
    private final MeterLock lock = new MeterLock();
    private long bytes;
    private long minutes;
    private boolean over;

    private TranslationMeter(SessionHolds holds, String model, Lease lease) {
        this.holds = holds;
        this.lease = lease;
        this.rules = new SessionRules(model);
    }

    /**
     * Begins a conversation, whose first minute is held.
     *
     * @throws RefusedException when it may not begin
     */
    static TranslationMeter start(SessionAdmission sessionAdmission, WebSocketQuery query) {
        SessionAdmission.require(query.objection());
        String model = query.model();
        if (model == null) {
            throw SessionAdmission.badModel("you must provide a model parameter");
        }
        ModelPrice price = sessionAdmission.price(model);
        if (!TurnCeiling.isBySeconds(price)) {
            throw SessionAdmission.badModel("Not a model that translates: " + model);
        }
        Breakdown step = Breakdown.ofLength(TurnCeiling.seconds(price, STEP_SECONDS));
        SessionHolds holds = new SessionHolds(sessionAdmission, price, FixedHold.of(step));
        SessionAdmission.require(holds.keep(1));
        return new TranslationMeter(holds, model, sessionAdmission.webSocket().lease());
    }

    @Override
    public MessageAction heard(WebSocketMessage message) {
        try (MeterLock.Holder _ = lock.hold();
                Lease tree = lease.another()) {
            return SocketEvent.ofClient(message, tree)
                    .map(event -> heard(message, event))
                    .orElseGet(
                            () ->
                                    MessageAction.deny(
                                            "Not an event: a JSON object with a type.",
                                            null,
                                            null));
        }
    }

    private MessageAction heard(WebSocketMessage message, JsonNode event) {
        String id = event.path("event_id").asText(null);
        if (over) {
            return MessageAction.deny("The conversation is over.", null, id);
        }
        String type = event.path("type").asText();
        if (type.endsWith(APPEND)) {
            return append(message, SocketEvent.decoded(event.path("audio")));
        }
        Refusal objection = rules.objection(event.path("session"), "session");
        if (objection != null) {
            return new MessageAction.Deny(objection, id);
        }
        if (!isMetered(event.path("session"))) {
            return MessageAction.deny(
                    "This proxy meters translations of PCM16 at 24 kHz only.", null, id);
        }
        return SessionRules.transcription(event.path("session")).isPresent()
                ? MessageAction.deny(
                        "This proxy does not meter transcriptions beside a translation.", null, id)
                : new MessageAction.Pass(message);
    }

    /** Other formats have fewer bytes per second. */
    private static boolean isMetered(JsonNode session) {
        JsonNode format = session.path("audio").path("input").path("format");
        boolean usual =
                format.path("type").asText("audio/pcm").equals("audio/pcm")
                        && format.path("rate").asInt(SAMPLES_PER_SECOND) == SAMPLES_PER_SECOND;
        return (format.isMissingNode() || (format.isObject() && usual))
                && session.path("input_audio_format").asText("pcm16").equals("pcm16");
    }

    private MessageAction append(WebSocketMessage message, long more) {
        long needed = Math.ceilDiv(bytes + more, STEP_SECONDS * BYTES_PER_SECOND);
        Refusal refused = holds.keep(Math.toIntExact(needed - minutes));
        for (; refused == null && minutes + 1 < needed; minutes++) {
            if (!holds.settle("", seconds(STEP_SECONDS))) {
                refused = new Refusal.NotRecorded();
            }
        }
        if (refused != null) {
            over = true;
            return new MessageAction.Stop(refused, null);
        }
        bytes += more;
        return new MessageAction.Pass(message);
    }

    private static UsageResult seconds(long seconds) {
        return new UsageResult.Complete(new Usage(null, null, Map.of(Unit.SECONDS, seconds)));
    }

    @Override
    public MessageAction told(WebSocketMessage message) {
        return new MessageAction.Pass(message);
    }

    /** Does nothing: OpenAI begins nothing by itself here. */
    @Override
    public void left() {}

    @Override
    public boolean isOwing() {
        return false;
    }

    @Override
    public void end() {
        try (MeterLock.Holder _ = lock.hold()) {
            over = true;
            long rest = Math.ceilDiv(bytes, BYTES_PER_SECOND) - minutes * STEP_SECONDS;
            if (rest > 0) {
                boolean _ = holds.settle("", seconds(rest));
            }
            bytes = 0;
            minutes = 0;
            holds.end(0);
        }
    }
}
