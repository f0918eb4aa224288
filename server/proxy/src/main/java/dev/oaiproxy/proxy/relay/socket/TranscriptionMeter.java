package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.metering.price.TurnCeiling;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.recording.Recording;
import dev.oaiproxy.metering.usage.object.UsageReader;
import dev.oaiproxy.proxy.quota.FixedHold;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import org.jspecify.annotations.Nullable;

/** Holds and charges the transcription of a conversation's input, which has a model of its own. */
final class TranscriptionMeter {
    /** The fewest bytes per second of the accepted formats: G.711. */
    private static final long FEWEST_BYTES_PER_SECOND = 8_000;

    private static final long STEP_SECONDS = 60;

    /** Tokens around the transcribed sound. */
    private static final long MARGIN_TOKENS = 1_000;

    private final SessionAdmission sessionAdmission;
    private @Nullable SessionHolds holds;

    /** Bytes since the end of the last turn, and of that turn, some of which may arrive late. */
    private long bytes;

    private long bytesBefore;
    private long covered;

    /** The bytes of the longest prompt so far. */
    private long prompt;

    TranscriptionMeter(SessionAdmission sessionAdmission) {
        this.sessionAdmission = sessionAdmission;
    }

    /** True once the model is known. */
    boolean listens() {
        return holds != null;
    }

    boolean isOwing() {
        return holds != null && holds.isOwing();
    }

    /**
     * Sets the model.
     *
     * @param promptBytes the length of the prompt
     * @return why the model may not be used, or null
     */
    @Nullable Refusal use(String model, long promptBytes) {
        boolean longer = promptBytes > prompt;
        prompt = Math.max(prompt, promptBytes);
        try {
            ModelPrice price = sessionAdmission.price(model);
            Refusal refused = use(model, price);
            return refused == null && longer && holds != null
                    ? holds.resize(amount(price))
                    : refused;
        } catch (RefusedException e) {
            return e.refusal();
        }
    }

    private @Nullable Refusal use(String model, ModelPrice price) {
        if (price.kind() != ModelKind.TRANSCRIPTION) {
            return new Refusal.Malformed("Not a model that transcribes: " + model, "model");
        }
        if (holds != null) {
            return holds.price().equals(price)
                    ? null
                    : new Refusal.Malformed(
                            "The model that transcribes cannot be changed. Open another"
                                    + " conversation.",
                            "session.audio.input.transcription.model");
        }
        covered = needed() + STEP_SECONDS;
        SessionHolds opened = new SessionHolds(sessionAdmission, price, amount(price));
        Refusal refused = opened.keep(1);
        holds = refused == null ? opened : null;
        return refused;
    }

    private FixedHold amount(ModelPrice price) {
        return FixedHold.of(parts(price));
    }

    private Breakdown parts(ModelPrice price) {
        Breakdown seconds = Breakdown.ofLength(TurnCeiling.seconds(price, covered));
        if (TurnCeiling.isBySeconds(price)) {
            return seconds;
        }
        long heard = covered * Recording.TOKENS_PER_SECOND;
        TurnCeiling.Input input = new TurnCeiling.Input(prompt + MARGIN_TOKENS, heard);
        Breakdown tokens = TurnCeiling.tokens(price, input, price.limits().outputTokens());
        return seconds.sum().compareTo(tokens.sum()) > 0 ? seconds : tokens;
    }

    /** The longest duration of a turn that ends now, in seconds. */
    private long needed() {
        return Math.ceilDiv(bytes + bytesBefore, FEWEST_BYTES_PER_SECOND);
    }

    /**
     * Notes audio that is to be sent.
     *
     * @return why the cost of its transcription cannot be held, or null
     */
    @Nullable Refusal append(long more) {
        bytes += more;
        if (holds == null || needed() <= covered) {
            return null;
        }
        covered = needed() + STEP_SECONDS;
        return holds.resize(amount(holds.price()));
    }

    /**
     * Notes that OpenAI has ended a turn, and will transcribe it.
     *
     * @return why nothing could be held for it, or null
     */
    @Nullable Refusal committed(String item) {
        bytesBefore = bytes;
        bytes = 0;
        return holds == null ? null : holds.begin(item);
    }

    /**
     * Holds the next turn.
     *
     * @return why that is refused, or null
     */
    @Nullable Refusal keep() {
        return holds == null ? null : holds.keep(1);
    }

    /** The cost of the last transcription. */
    @Nullable Usd cost() {
        return holds == null ? null : holds.cost();
    }

    /** Charges a transcription. Returns why it must not be passed on, or null. */
    @Nullable Refusal completed(JsonNode event) {
        String item = event.path("item_id").asText();
        return holds != null && holds.settle(item, UsageReader.realtime(SocketEvent.bytes(event)))
                ? null
                : new Refusal.NotRecorded();
    }

    /**
     * Releases the hold of a failed transcription. Returns why it must not be passed on, or null.
     */
    @Nullable Refusal failed(JsonNode event) {
        String item = event.path("item_id").asText();
        return holds == null || holds.release(item, "the transcription failed")
                ? null
                : new Refusal.NotRecorded();
    }

    void end() {
        if (holds != null) {
            holds.end(0);
        }
    }
}
