package dev.oaiproxy.server.relay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.price.ModelPrice;
import dev.oaiproxy.server.price.TurnCeiling;
import dev.oaiproxy.server.quota.FixedAmount;
import dev.oaiproxy.server.usage.Readings;
import dev.oaiproxy.server.usage.Usage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the responses of a realtime conversation cost. One can begin by itself, when OpenAI hears a
 * turn end, so there is always a hold for one more.
 */
final class Responses {
    /** What is held beyond what there is, so that not each message needs another hold. */
    private static final long SPARE_TEXT = 4_000;

    /** Of audio, five minutes. */
    private static final long SPARE_OTHER = 4_500;

    private final Payer payer;
    private final ModelPrice price;
    private final Tab tab;
    private final String model;

    /** What of the client's asks for a response that has not begun. */
    private final Deque<Asked> asked = new ArrayDeque<>();

    /**
     * An event that asks for a response.
     *
     * @param own the id that it goes to OpenAI with, which no client can give to another event
     * @param given the client's id for it, or null
     */
    private record Asked(String own, @Nullable String given) {}

    private final TurnInput input = new TurnInput();
    private final SeenOutput output = new SeenOutput();
    private TurnCeiling.Input covered;
    private long limit;
    private long lastLimit;

    Responses(Payer payer, String model, ModelPrice price) {
        this.payer = payer;
        this.price = price;
        this.model = model;
        this.limit = price.limits().outputTokens();
        this.lastLimit = limit;
        this.covered = ample();
        this.tab = new Tab(payer, price, amount(limit));
    }

    /** What is there, and some room. */
    private TurnCeiling.Input ample() {
        return new TurnCeiling.Input(input.text() + SPARE_TEXT, input.other() + SPARE_OTHER);
    }

    /** What the next response can read; after a change of it, {@link #grow} must be asked. */
    TurnInput input() {
        return input;
    }

    /**
     * Sees that what can begin is held with all that it can read.
     *
     * @return why it cannot be, or null
     */
    @Nullable Refusal grow() {
        if (input.text() <= covered.text() && input.other() <= covered.other()) {
            return null;
        }
        covered = ample();
        return tab.resize(amount(limit));
    }

    String model() {
        return model;
    }

    boolean isOwing() {
        return tab.isOwing() || !asked.isEmpty();
    }

    /**
     * Sees that what may begin is held.
     *
     * @return why it cannot be, or null
     */
    @Nullable Refusal keep() {
        return tab.keep(Math.max(1, asked.size()));
    }

    /** Whether an output of a response could be longer than what is held for it. */
    boolean exceeds(JsonNode maxOutputTokens) {
        return !maxOutputTokens.isMissingNode()
                && !maxOutputTokens.isNull()
                && tokens(maxOutputTokens) > limit;
    }

    /** A limit on the output; {@code inf}, and what makes no sense, is the model's own. */
    private long tokens(JsonNode maxOutputTokens) {
        long most = price.limits().outputTokens();
        return maxOutputTokens.isIntegralNumber() && maxOutputTokens.asLong() > 0
                ? Math.min(maxOutputTokens.asLong(), most)
                : most;
    }

    /**
     * Notes that the client sets a limit on the output; a higher one must be held at once.
     *
     * @return why it cannot be, or null
     */
    @Nullable Refusal limit(JsonNode maxOutputTokens) {
        if (maxOutputTokens.isMissingNode()) {
            return null;
        }
        lastLimit = tokens(maxOutputTokens);
        if (lastLimit <= limit) {
            return null;
        }
        Refusal refused = tab.resize(amount(lastLimit));
        limit = refused == null ? lastLimit : limit;
        return refused;
    }

    /** Notes the limit that OpenAI has set; a lower one makes the holds smaller. */
    void limited(JsonNode maxOutputTokens) {
        long now = tokens(maxOutputTokens);
        // Where the client has asked for another one since, that will count.
        if (!maxOutputTokens.isMissingNode() && now < limit && now == lastLimit) {
            limit = now;
            Refusal _ = tab.resize(amount(now));
        }
    }

    private FixedAmount amount(long outputTokens) {
        TurnCeiling.Input read = covered;
        return payer.amount(price, other -> TurnCeiling.tokens(other, read, outputTokens));
    }

    /**
     * Notes that the client asks for a response.
     *
     * @param own the id that the event goes to OpenAI with
     * @param given the client's id for it, or null
     * @return why it cannot be held, or null
     */
    @Nullable Refusal ask(String own, @Nullable String given) {
        Refusal refused = tab.keep(asked.size() + 1);
        if (refused == null) {
            asked.addLast(new Asked(own, given));
        }
        return refused;
    }

    /**
     * Notes that OpenAI refuses what an event asked for.
     *
     * @return the client's id for it, if it has one and asked for a response
     */
    Optional<String> denied(String own) {
        Optional<Asked> denied = asked.stream().filter(one -> one.own().equals(own)).findFirst();
        denied.ifPresent(asked::remove);
        return denied.flatMap(one -> Optional.ofNullable(one.given()));
    }

    /**
     * Notes that OpenAI has begun a response.
     *
     * @return why nothing could be held for it, or null
     */
    @Nullable Refusal begin(String id) {
        asked.pollFirst();
        output.begin(id);
        return tab.begin(id);
    }

    /** Notes an event that brings some of a response. */
    void heard(String type, String event) {
        output.heard(type, event);
    }

    /** What the last response has cost that stated its usage. */
    @Nullable Usd cost() {
        return tab.cost();
    }

    /** Charges a response; whether that is durable. */
    boolean done(JsonNode event) {
        JsonNode response = event.path("response");
        String id = response.path("id").asText();
        Usage seen = seen(id);
        boolean silent = output.isSilent(id);
        output.end(id);
        input.said(response, limit);
        if (response.path("usage").isObject()) {
            return tab.settle(id, Readings.realtime(SocketEvent.bytes(event)));
        }
        boolean unsaid = silent && response.path("output").isEmpty();
        if (unsaid && response.path("status").asText().equals("failed")) {
            return tab.release(id, "the response failed before it said anything");
        }
        return tab.settle(id, seen);
    }

    /** What was seen of a response, at the most; of one that has not begun, what it reads. */
    private Usage seen(@Nullable String id) {
        long most = price.limits().inputTokens();
        return output.usage(id, Math.min(most, input.text()), Math.min(most, input.other()));
    }

    /** Ends all; nobody knows what has begun comes to. */
    void end() {
        tab.end(asked.size());
        asked.clear();
    }

    /** Ends all where OpenAI has broken off: what was seen is charged. */
    void broken() {
        tab.broken(asked.size(), this::seen);
        asked.clear();
    }
}
