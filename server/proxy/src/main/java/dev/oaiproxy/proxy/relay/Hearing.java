package dev.oaiproxy.proxy.relay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.metering.price.TurnCeiling;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.recording.Recording;
import dev.oaiproxy.metering.usage.object.UsageReader;
import dev.oaiproxy.proxy.quota.FixedAmount;
import org.jspecify.annotations.Nullable;

/** What the transcription of a conversation's input costs, by a model of its own. */
final class Hearing {
    /** Of the formats that are taken, the one with the fewest bytes a second: G.711. */
    private static final long FEWEST_BYTES_PER_SECOND = 8_000;

    private static final long STEP_SECONDS = 60;

    /** What stands around the sound that is transcribed. */
    private static final long MARGIN_TOKENS = 1_000;

    private final Payer payer;
    private @Nullable Tab tab;

    /** The bytes since the last turn was ended, and of that turn, some of which may come late. */
    private long bytes;

    private long bytesBefore;
    private long covered;

    /** The bytes of the longest text that was to prompt the transcription. */
    private long prompt;

    Hearing(Payer payer) {
        this.payer = payer;
    }

    /** Whether it is known what transcribes. */
    boolean listens() {
        return tab != null;
    }

    boolean isOwing() {
        return tab != null && tab.isOwing();
    }

    /**
     * Has a model transcribe from now on.
     *
     * @param promptBytes how long the text is that prompts it
     * @return why it may not, or null
     */
    @Nullable Refusal use(String model, long promptBytes) {
        boolean longer = promptBytes > prompt;
        prompt = Math.max(prompt, promptBytes);
        return switch (payer.quote(model)) {
            case Payer.Quote.Refused refused -> refused.why();
            case Payer.Quote.Priced priced -> {
                Refusal refused = use(model, priced.price());
                yield refused == null && longer && tab != null
                        ? tab.resize(amount(priced.price()))
                        : refused;
            }
        };
    }

    private @Nullable Refusal use(String model, ModelPrice price) {
        if (price.modelKind() != ModelKind.TRANSCRIPTION) {
            return new Refusal.Malformed("Not a model that transcribes: " + model, "model");
        }
        if (tab != null) {
            return tab.price().equals(price)
                    ? null
                    : new Refusal.Malformed(
                            "The model that transcribes cannot be changed. Open another"
                                    + " conversation.",
                            "session.audio.input.transcription.model");
        }
        covered = needed() + STEP_SECONDS;
        Tab opened = new Tab(payer, price, amount(price));
        Refusal refused = opened.keep(1);
        tab = refused == null ? opened : null;
        return refused;
    }

    private FixedAmount amount(ModelPrice price) {
        return FixedAmount.of(parts(price));
    }

    private Breakdown parts(ModelPrice price) {
        Breakdown seconds = Breakdown.ofLength(TurnCeiling.seconds(price, covered));
        if (TurnCeiling.isBySeconds(price)) {
            return seconds;
        }
        long heard = covered * Recording.TOKENS_PER_SECOND;
        TurnCeiling.Input input = new TurnCeiling.Input(prompt + MARGIN_TOKENS, heard);
        Breakdown tokens = TurnCeiling.tokens(price, input, price.modelLimits().outputTokens());
        return seconds.sum().compareTo(tokens.sum()) > 0 ? seconds : tokens;
    }

    /** The seconds that a turn which ends now can have. */
    private long needed() {
        return Math.ceilDiv(bytes + bytesBefore, FEWEST_BYTES_PER_SECOND);
    }

    /**
     * Notes that audio is to be sent.
     *
     * @return why what its transcription can cost cannot be held, or null
     */
    @Nullable Refusal append(long more) {
        bytes += more;
        if (tab == null || needed() <= covered) {
            return null;
        }
        covered = needed() + STEP_SECONDS;
        return tab.resize(amount(tab.price()));
    }

    /**
     * Notes that OpenAI has ended a turn, which will be transcribed.
     *
     * @return why nothing could be held for it, or null
     */
    @Nullable Refusal committed(String item) {
        bytesBefore = bytes;
        bytes = 0;
        return tab == null ? null : tab.begin(item);
    }

    /**
     * Sees that the turn that may end next is held.
     *
     * @return why it cannot be, or null
     */
    @Nullable Refusal keep() {
        return tab == null ? null : tab.keep(1);
    }

    /** What the last transcription has cost. */
    @Nullable Usd cost() {
        return tab == null ? null : tab.cost();
    }

    /** Charges a transcription; whether that is durable. */
    boolean completed(JsonNode event) {
        String item = event.path("item_id").asText();
        return tab != null && tab.settle(item, UsageReader.realtime(SocketEvent.bytes(event)));
    }

    /** Gives back what one would have cost. */
    boolean failed(JsonNode event) {
        return tab == null
                || tab.release(event.path("item_id").asText(), "the transcription failed");
    }

    void end() {
        if (tab != null) {
            tab.end(0);
        }
    }
}
