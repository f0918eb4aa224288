package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.TurnCeiling;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.usage.object.UsageReader;
import dev.oaiproxy.proxy.quota.FixedHold;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the responses of a realtime conversation cost. One can begin by itself, when OpenAI hears a
 * turn end, so there is always a hold for one more.
 */
final class ResponseMeter {
    /** What is held beyond what there is, so that not each message needs another hold. */
    private static final long SPARE_TEXT = 4_000;

    /** Of audio, a minute. */
    private static final long SPARE_OTHER = 900;

    private final SessionAdmission sessionAdmission;
    private final ModelPrice price;
    private final SessionHolds holds;
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
    private final ObservedOutput output = new ObservedOutput();
    private TurnCeiling.Input covered;

    /** The output that is held for. */
    private long limit;

    /** The limit that OpenAI was told last, or is to be told next. */
    private long lastLimit;

    /** The limit that the client wants, which may be higher. */
    private long wanted;

    /** What OpenAI has yet to confirm, if anything. */
    private @Nullable OutputLimit lowered;

    ResponseMeter(SessionAdmission sessionAdmission, String model, ModelPrice price) {
        this.sessionAdmission = sessionAdmission;
        this.price = price;
        this.model = model;
        this.limit = price.limits().outputTokens();
        this.lastLimit = limit;
        this.wanted = limit;
        this.covered = ample();
        this.holds = new SessionHolds(sessionAdmission, price, amount(limit));
    }

    /**
     * Holds what the first response can cost. Where that cannot be paid, its output is limited to
     * what can, and OpenAI is to be told so before it can begin.
     *
     * @return why not even the shortest can be held, or null
     */
    @Nullable Refusal open() {
        Refusal refused = keep();
        while (refused != null && limit > floor() && sessionAdmission.share(refused).isPresent()) {
            limit = Math.min(limit - 1, affordable(refused, covered));
            refused = holds.resize(amount(limit));
            refused = refused == null ? keep() : refused;
        }
        if (limit < wanted) {
            lower(limit);
        }
        return refused;
    }

    private long floor() {
        return Math.min(sessionAdmission.floorTokens(), wanted);
    }

    /** The longest output that can be paid for, or the shortest that an output is limited to. */
    private long affordable(Refusal refused, TurnCeiling.Input read) {
        long fits =
                sessionAdmission
                        .share(refused)
                        .map(share -> TurnCeiling.mostOutput(price, read, share))
                        .orElse(0L);
        return Math.max(floor(), Math.min(fits, OutputLimit.LARGEST));
    }

    private void lower(long tokens) {
        lastLimit = tokens;
        lowered = OutputLimit.of(tokens);
    }

    /** What OpenAI has yet to confirm before anything more may begin, or null. */
    @Nullable OutputLimit lowered() {
        return lowered;
    }

    /**
     * Has the output limited further where more of it could not be paid for.
     *
     * @return false when it is as short as it may be already, or money is not what is missing
     */
    boolean lower(Refusal refused) {
        long tokens = affordable(refused, ample());
        boolean lower = sessionAdmission.share(refused).isPresent() && tokens < limit;
        if (lower) {
            lower(tokens);
        }
        return lower;
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
        boolean fits = input.text() <= covered.text() && input.other() <= covered.other();
        TurnCeiling.Input next = fits ? covered : ample();
        Refusal refused = holds.resize(amount(next, limit));
        covered = refused == null ? next : covered;
        return refused;
    }

    String model() {
        return model;
    }

    boolean isOwing() {
        return holds.isOwing() || !asked.isEmpty();
    }

    /**
     * Sees that what may begin is held.
     *
     * @return why it cannot be, or null
     */
    @Nullable Refusal keep() {
        return holds.keep(Math.max(1, asked.size()));
    }

    /** Whether an output of a response could be longer than the client's own limit. */
    boolean exceeds(JsonNode maxOutputTokens) {
        return isSaid(maxOutputTokens) && tokens(maxOutputTokens) > Math.max(wanted, limit);
    }

    /** Whether it could be longer than what is held for it. */
    boolean isUncovered(JsonNode maxOutputTokens) {
        return !maxOutputTokens.isMissingNode() && tokens(maxOutputTokens) > limit;
    }

    private static boolean isSaid(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }

    /** The output that is held for. */
    long limit() {
        return limit;
    }

    /** A limit on the output; {@code inf}, and what makes no sense, is the model's own. */
    private long tokens(JsonNode maxOutputTokens) {
        long most = price.limits().outputTokens();
        return maxOutputTokens.isIntegralNumber() && maxOutputTokens.asLong() > 0
                ? Math.min(maxOutputTokens.asLong(), most)
                : most;
    }

    /**
     * Notes that the client sets a limit on the output. A higher one is held at once, or as much of
     * it as can be paid.
     *
     * @return why not even the shortest can be held, or null
     */
    @Nullable Refusal limit(JsonNode maxOutputTokens) {
        if (maxOutputTokens.isMissingNode()) {
            return null;
        }
        boolean lowered = lastLimit < wanted;
        wanted = tokens(maxOutputTokens);
        // While a response is made there is no hold that could be refused.
        boolean possible = !lowered || !holds.isBare();
        Refusal refused = possible ? raise(wanted) : null;
        if (refused != null) {
            Refusal less = raise(Math.min(wanted, affordable(refused, covered)));
            refused = less == null || limit >= floor() ? null : less;
        }
        lastLimit = Math.min(wanted, limit);
        return refused;
    }

    private @Nullable Refusal raise(long tokens) {
        Refusal refused = tokens > limit ? holds.resize(amount(tokens)) : null;
        limit = refused == null ? Math.max(limit, tokens) : limit;
        return refused;
    }

    /**
     * Notes the limit that a session has; a lower one makes the holds smaller.
     *
     * @return whether it is that which OpenAI was yet to confirm
     */
    boolean limited(JsonNode session) {
        boolean confirmed = lowered != null && lowered.isOf(session);
        lowered = confirmed ? null : lowered;
        narrow(OutputLimit.in(session));
        return confirmed;
    }

    private void narrow(JsonNode maxOutputTokens) {
        long now = tokens(maxOutputTokens);
        // Where the client has asked for another one since, that will count.
        if (!maxOutputTokens.isMissingNode() && now < limit && now == lastLimit) {
            limit = now;
            Refusal _ = holds.resize(amount(now));
        }
    }

    private FixedHold amount(long outputTokens) {
        return amount(covered, outputTokens);
    }

    private FixedHold amount(TurnCeiling.Input read, long outputTokens) {
        return sessionAdmission.amount(
                price, other -> TurnCeiling.tokens(other, read, outputTokens));
    }

    /**
     * Notes that the client asks for a response.
     *
     * @param own the id that the event goes to OpenAI with
     * @param given the client's id for it, or null
     * @return why it cannot be held, or null
     */
    @Nullable Refusal ask(String own, @Nullable String given) {
        Refusal refused = holds.keep(asked.size() + 1);
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
        return holds.begin(id);
    }

    /** Notes an event that brings some of a response. */
    void heard(String type, String event) {
        output.heard(type, event);
    }

    /** What the last response has cost that stated its usage. */
    @Nullable Usd cost() {
        return holds.cost();
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
            return holds.settle(id, UsageReader.realtime(SocketEvent.bytes(event)));
        }
        boolean unsaid = silent && response.path("output").isEmpty();
        if (unsaid && response.path("status").asText().equals("failed")) {
            return holds.release(id, "the response failed before it said anything");
        }
        return holds.settle(id, seen);
    }

    /** What was seen of a response, at the most; of one that has not begun, what it reads. */
    private Usage seen(@Nullable String id) {
        long most = price.limits().inputTokens();
        return output.usage(id, Math.min(most, input.text()), Math.min(most, input.other()));
    }

    /** Ends all; nobody knows what has begun comes to. */
    void end() {
        holds.end(asked.size());
        asked.clear();
    }

    /** Ends all where OpenAI has broken off: what was seen is charged. */
    void broken() {
        holds.broken(asked.size(), this::seen);
        asked.clear();
    }
}
