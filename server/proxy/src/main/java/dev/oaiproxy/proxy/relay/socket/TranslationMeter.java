package dev.oaiproxy.proxy.relay.socket;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.metering.price.SessionCeiling;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.quota.HoldAmount;
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
    private long bytes;
    private long minutes;
    private boolean over;

    private TranslationMeter(SessionHolds holds, String model, Lease lease) {
        this.holds = holds;
        this.lease = lease;
        this.rules = new SessionRules(model);
    }

    /**
     * Begins a session, whose first minute is held.
     *
     * @throws RefusedException when it may not begin
     */
    static TranslationMeter start(SessionAdmission sessionAdmission, WebSocketQuery query) {
        query.require();
        String model = query.requireModel();
        ModelPrice price = sessionAdmission.price(model);
        if (!SessionCeiling.isBySeconds(price)) {
            throw malformed("Not a translation model: " + model, "model");
        }
        Breakdown step = Breakdown.ofLength(SessionCeiling.seconds(price, STEP_SECONDS));
        SessionHolds holds = new SessionHolds(sessionAdmission, price, HoldAmount.of(step));
        holds.keep(1);
        return new TranslationMeter(holds, model, sessionAdmission.webSocket().lease());
    }

    @Override
    public synchronized MessageAction heard(WebSocketMessage message) {
        return SocketEvent.read(message, lease, event -> heard(message, event));
    }

    private MessageAction heard(WebSocketMessage message, JsonNode event) {
        if (over) {
            throw malformed("The session has ended.", null);
        }
        if (event.path("type").asText().endsWith(APPEND)) {
            return append(message, SocketEvent.decoded(event.path("audio")));
        }
        JsonNode session = event.path("session");
        rules.require(session, "session");
        if (!isMetered(session)) {
            throw malformed(
                    "This proxy can only meter translations of PCM16 audio at 24 kHz.", null);
        }
        if (SessionRules.transcription(session).isPresent()) {
            throw malformed(
                    "This proxy cannot meter a transcription within a translation session.", null);
        }
        return new MessageAction.Pass(message);
    }

    /** True for PCM16 at 24 kHz. Other formats have fewer bytes per second. */
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
        try {
            holds.keep(Math.toIntExact(needed - minutes));
            while (minutes + 1 < needed) {
                minutes++;
                if (!holds.settle("", seconds(STEP_SECONDS))) {
                    throw new RefusedException(new Refusal.NotRecorded());
                }
            }
        } catch (RefusedException e) {
            over = true;
            return new MessageAction.Stop(e.refusal(), null);
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
    public synchronized void end() {
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
