package dev.oaiproxy.server.relay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.price.ModelPrice;
import dev.oaiproxy.server.price.TurnCeiling;
import dev.oaiproxy.server.usage.Readings;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the responses of a realtime conversation cost. One can begin by itself, when OpenAI hears a
 * turn end, so there is always a hold for one more.
 */
final class Responses {
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

    private long limit;
    private long lastLimit;

    Responses(Payer payer, String model, ModelPrice price) {
        this.model = model;
        this.limit = price.limits().outputTokens();
        this.lastLimit = limit;
        this.tab = new Tab(payer, price, TurnCeiling.tokens(price, limit));
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
        long most = tab.price().limits().outputTokens();
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
            if (tab.resize(amount(now)) != null) {
                // Where both do not fit side by side, the larger one serves once more.
                tab.expect(amount(now));
            }
        }
    }

    private Usd amount(long outputTokens) {
        return TurnCeiling.tokens(tab.price(), outputTokens);
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
        return tab.begin(id);
    }

    /** Charges a response; whether that is durable. */
    boolean done(JsonNode event) {
        JsonNode response = event.path("response");
        String id = response.path("id").asText();
        boolean failed = response.path("status").asText().equals("failed");
        if (failed && !response.path("usage").isObject() && response.path("output").isEmpty()) {
            return tab.release(id, "the response failed before it said anything");
        }
        return tab.settle(id, Readings.realtime(SocketEvent.bytes(event)));
    }

    void end() {
        tab.end(asked.size());
        asked.clear();
    }
}
