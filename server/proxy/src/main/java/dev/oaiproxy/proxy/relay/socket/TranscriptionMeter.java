package dev.oaiproxy.proxy.relay.socket;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.metering.price.SessionCeiling;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.recording.Recording;
import dev.oaiproxy.metering.usage.object.UsageReader;
import dev.oaiproxy.proxy.quota.HoldAmount;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import org.jspecify.annotations.Nullable;

/** Holds and charges the transcription of a session's input, which has a model of its own. */
final class TranscriptionMeter {
    /** The fewest bytes per second of the accepted formats: G.711. */
    private static final long FEWEST_BYTES_PER_SECOND = 8_000;

    private static final long STEP_SECONDS = 60;

    /** Tokens around the transcribed sound. */
    private static final long MARGIN_TOKENS = 1_000;

    private final SessionAdmission sessionAdmission;
    private @Nullable SessionHolds holds;

    /**
     * Bytes since the end of the last turn, and bytes of that turn, some of which may arrive late.
     */
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
     * @throws RefusedException when the model may not be used
     */
    void use(String model, long promptBytes) {
        boolean longer = promptBytes > prompt;
        prompt = Math.max(prompt, promptBytes);
        ModelPrice price = sessionAdmission.price(model);
        if (price.kind() != ModelKind.TRANSCRIPTION) {
            throw malformed("Not a transcription model: " + model, "model");
        }
        if (holds == null) {
            covered = needed() + STEP_SECONDS;
            SessionHolds opened = new SessionHolds(sessionAdmission, price, amount(price));
            opened.keep(1);
            holds = opened;
        } else if (!holds.price().equals(price)) {
            throw malformed(
                    "The transcription model cannot be changed. Open another session.",
                    "session.audio.input.transcription.model");
        } else if (longer) {
            holds.resize(amount(price));
        }
    }

    private HoldAmount amount(ModelPrice price) {
        return HoldAmount.of(parts(price));
    }

    private Breakdown parts(ModelPrice price) {
        Breakdown seconds = Breakdown.ofLength(SessionCeiling.seconds(price, covered));
        if (SessionCeiling.isBySeconds(price)) {
            return seconds;
        }
        long heard = covered * Recording.TOKENS_PER_SECOND;
        SessionCeiling.Input input = new SessionCeiling.Input(prompt + MARGIN_TOKENS, heard);
        Breakdown tokens = SessionCeiling.tokens(price, input, price.limits().outputTokens());
        return seconds.sum().compareTo(tokens.sum()) > 0 ? seconds : tokens;
    }

    /** The longest duration of a turn that ends now, in seconds. */
    private long needed() {
        return Math.ceilDiv(bytes + bytesBefore, FEWEST_BYTES_PER_SECOND);
    }

    /**
     * Notes audio that is to be sent.
     *
     * @throws RefusedException when the cost of its transcription cannot be held
     */
    void append(long more) {
        bytes += more;
        if (holds != null && needed() > covered) {
            covered = needed() + STEP_SECONDS;
            holds.resize(amount(holds.price()));
        }
    }

    /**
     * Notes that OpenAI has ended a turn, and will transcribe it.
     *
     * @throws RefusedException when nothing can be held for it
     */
    void committed(String item) {
        bytesBefore = bytes;
        bytes = 0;
        if (holds != null) {
            holds.begin(item);
        }
    }

    /**
     * Holds the next turn.
     *
     * @throws RefusedException when the hold is refused
     */
    void keep() {
        if (holds != null) {
            holds.keep(1);
        }
    }

    /** The cost of the last transcription. */
    @Nullable Usd cost() {
        return holds == null ? null : holds.cost();
    }

    /**
     * Charges a transcription.
     *
     * @throws RefusedException when the charge is not durable
     */
    void completed(JsonNode event) {
        String item = event.path("item_id").asText();
        if (holds == null || !holds.settle(item, UsageReader.realtime(SocketEvent.bytes(event)))) {
            throw new RefusedException(new Refusal.NotRecorded());
        }
    }

    /**
     * Releases the hold of a failed transcription.
     *
     * @throws RefusedException when the release is not durable
     */
    void failed(JsonNode event) {
        String item = event.path("item_id").asText();
        if (holds != null && !holds.release(item, "the transcription failed")) {
            throw new RefusedException(new Refusal.NotRecorded());
        }
    }

    void end() {
        if (holds != null) {
            holds.end(0);
        }
    }
}
