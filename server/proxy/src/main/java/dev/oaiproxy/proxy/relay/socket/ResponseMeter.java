package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.SessionCeiling;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.usage.object.UsageReader;
import dev.oaiproxy.proxy.quota.HoldAmount;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds and charges the responses of a realtime session. A response can begin by itself when OpenAI
 * detects the end of a turn, so there is always a hold for one more.
 */
final class ResponseMeter {
    /** Text tokens held in advance, so that not every message needs a new hold. */
    private static final long SPARE_TEXT = 4_000;

    /** Audio tokens held in advance: one minute. */
    private static final long SPARE_OTHER = 900;

    private final SessionAdmission sessionAdmission;
    private final ModelPrice price;
    private final SessionHolds holds;
    private final String model;

    /** Responses that were requested and have not begun. */
    private final Deque<RequestedResponse> asked = new ArrayDeque<>();

    /**
     * A client event that requests a response.
     *
     * @param own the id under which it goes to OpenAI, which no client can use
     * @param given the client's id for it, or null
     */
    private record RequestedResponse(String own, @Nullable String given) {}

    private final TurnInput input = new TurnInput();
    private final ObservedOutput output = new ObservedOutput();
    private SessionCeiling.Input covered;

    /** The output limit in tokens that the holds cover. */
    private long limit;

    /** The limit that was sent to OpenAI last, or is to be sent next. */
    private long lastLimit;

    /** The limit that the client wants, which may be higher than the held one. */
    private long wanted;

    /** The limit that OpenAI has not confirmed yet, or null. */
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
     * Holds the cost of the first response. When the quota does not cover that, the output is
     * limited to the length that it covers; OpenAI must confirm the limit before anything begins.
     *
     * @throws RefusedException when not even the shortest output can be held
     */
    void open() {
        while (!isOpened()) {
            holds.resize(amount(limit));
        }
        if (limit < wanted) {
            lower(limit);
        }
    }

    /** Holds a response, or lowers the limit for the next try. */
    private boolean isOpened() {
        try {
            keep();
            return true;
        } catch (RefusedException e) {
            if (limit <= floor() || sessionAdmission.share(e.refusal()).isEmpty()) {
                throw e;
            }
            limit = Math.min(limit - 1, affordable(e.refusal(), covered));
            return false;
        }
    }

    private long floor() {
        return Math.min(sessionAdmission.floorTokens(), wanted);
    }

    /** The longest output that can be paid, or the lowest limit if that is more. */
    private long affordable(Refusal refused, SessionCeiling.Input read) {
        long fits =
                sessionAdmission
                        .share(refused)
                        .map(share -> SessionCeiling.mostOutput(price, read, share))
                        .orElse(0L);
        return Math.max(floor(), Math.min(fits, OutputLimit.LARGEST));
    }

    private void lower(long tokens) {
        lastLimit = tokens;
        lowered = OutputLimit.of(tokens);
    }

    /** The limit that OpenAI must confirm before anything more may begin, or null. */
    @Nullable OutputLimit lowered() {
        return lowered;
    }

    /**
     * Lowers the output limit to the length that can be paid.
     *
     * @return false when the limit is the lowest already, or the refusal is not about money
     */
    boolean lower(Refusal refused) {
        long tokens = affordable(refused, ample());
        boolean lower = sessionAdmission.share(refused).isPresent() && tokens < limit;
        if (lower) {
            lower(tokens);
        }
        return lower;
    }

    /** The current input with some room to grow. */
    private SessionCeiling.Input ample() {
        return new SessionCeiling.Input(input.text() + SPARE_TEXT, input.other() + SPARE_OTHER);
    }

    /** The input of the next response. After each change, {@link #grow} must be called. */
    TurnInput input() {
        return input;
    }

    /**
     * Holds the next response with its current input.
     *
     * @throws RefusedException when the hold is refused
     */
    void grow() {
        boolean fits = input.text() <= covered.text() && input.other() <= covered.other();
        SessionCeiling.Input next = fits ? covered : ample();
        holds.resize(amount(next, limit));
        covered = next;
    }

    String model() {
        return model;
    }

    boolean isOwing() {
        return holds.isOwing() || !asked.isEmpty();
    }

    /**
     * Holds every response that may begin.
     *
     * @throws RefusedException when a hold is refused
     */
    void keep() {
        holds.keep(Math.max(1, asked.size()));
    }

    /** True when a limit exceeds both the client's limit and the held one. */
    boolean exceeds(JsonNode maxOutputTokens) {
        return isSaid(maxOutputTokens) && tokens(maxOutputTokens) > Math.max(wanted, limit);
    }

    /** True when a limit exceeds the held one. */
    boolean isUncovered(JsonNode maxOutputTokens) {
        return !maxOutputTokens.isMissingNode() && tokens(maxOutputTokens) > limit;
    }

    private static boolean isSaid(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }

    long limit() {
        return limit;
    }

    /** The tokens of a limit; {@code inf} and invalid values mean the model's own limit. */
    private long tokens(JsonNode maxOutputTokens) {
        long most = price.limits().outputTokens();
        return maxOutputTokens.isIntegralNumber() && maxOutputTokens.asLong() > 0
                ? Math.min(maxOutputTokens.asLong(), most)
                : most;
    }

    /**
     * Notes a limit that the client sets. A higher limit is held at once, or as much of it as can
     * be paid.
     *
     * @throws RefusedException when not even the lowest limit can be held
     */
    void limit(JsonNode maxOutputTokens) {
        if (maxOutputTokens.isMissingNode()) {
            return;
        }
        boolean lowered = lastLimit < wanted;
        wanted = tokens(maxOutputTokens);
        try {
            // Without a spare hold, while OpenAI works on a response, nothing could refuse a higher
            // limit.
            if (!lowered || !holds.isBare()) {
                raiseAsFarAsPossible();
            }
        } finally {
            lastLimit = Math.min(wanted, limit);
        }
    }

    private void raiseAsFarAsPossible() {
        try {
            raise(wanted);
        } catch (RefusedException refused) {
            try {
                raise(Math.min(wanted, affordable(refused.refusal(), covered)));
            } catch (RefusedException less) {
                if (limit < floor()) {
                    throw less;
                }
            }
        }
    }

    private void raise(long tokens) {
        if (tokens > limit) {
            holds.resize(amount(tokens));
            limit = tokens;
        }
    }

    /**
     * Notes the limit of a session. A lower limit makes the holds smaller.
     *
     * @return true when it confirms the limit that this proxy has set
     */
    boolean limited(JsonNode session) {
        boolean confirmed = lowered != null && lowered.isOf(session);
        lowered = confirmed ? null : lowered;
        narrow(OutputLimit.in(session));
        return confirmed;
    }

    private void narrow(JsonNode maxOutputTokens) {
        long now = tokens(maxOutputTokens);
        // A limit that the client has requested since counts instead.
        if (!maxOutputTokens.isMissingNode() && now < limit && now == lastLimit) {
            limit = now;
            holds.resize(amount(now));
        }
    }

    private HoldAmount amount(long outputTokens) {
        return amount(covered, outputTokens);
    }

    private HoldAmount amount(SessionCeiling.Input read, long outputTokens) {
        return sessionAdmission.amount(
                price, other -> SessionCeiling.tokens(other, read, outputTokens));
    }

    /**
     * Notes that the client requests a response.
     *
     * @param own the id under which the event goes to OpenAI
     * @param given the client's id for it, or null
     * @throws RefusedException when it cannot be held
     */
    void ask(String own, @Nullable String given) {
        holds.keep(asked.size() + 1);
        asked.addLast(new RequestedResponse(own, given));
    }

    /**
     * Notes that OpenAI has refused an event.
     *
     * @return the client's id for the event, if it has one and the event requested a response
     */
    Optional<String> denied(String own) {
        Optional<RequestedResponse> denied =
                asked.stream().filter(one -> one.own().equals(own)).findFirst();
        denied.ifPresent(asked::remove);
        return denied.flatMap(one -> Optional.ofNullable(one.given()));
    }

    /**
     * Notes that OpenAI has begun a response.
     *
     * @throws RefusedException when nothing can be held for it
     */
    void begin(String id) {
        asked.pollFirst();
        output.begin(id);
        holds.begin(id);
    }

    /** Notes an event with a part of a response. */
    void heard(String type, String event) {
        output.heard(type, event);
    }

    /** The cost of the last response that stated its usage. */
    @Nullable Usd cost() {
        return holds.cost();
    }

    /**
     * Charges a response that is done.
     *
     * @return false when the charge is not durable
     */
    boolean done(JsonNode event) {
        JsonNode response = event.path("response");
        String id = response.path("id").asText();
        Usage seen = seen(id);
        boolean silent = output.isSilent(id);
        output.end(id);
        input.generated(response, limit);
        if (response.path("usage").isObject()) {
            return holds.settle(id, UsageReader.realtime(SocketEvent.bytes(event)));
        }
        boolean unsaid = silent && response.path("output").isEmpty();
        if (unsaid && response.path("status").asText().equals("failed")) {
            return holds.release(id, "the response failed before it generated anything");
        }
        return holds.settle(id, seen);
    }

    /**
     * An upper bound of the usage that was seen of a response; only the input for one that has not
     * begun.
     */
    private Usage seen(@Nullable String id) {
        long most = price.limits().inputTokens();
        return output.usage(id, Math.min(most, input.text()), Math.min(most, input.other()));
    }

    /** Ends all holds. The cost of the responses that have begun is unknown. */
    void end() {
        holds.end(asked.size());
        asked.clear();
    }

    /** Ends all holds after OpenAI broke off, and charges the usage that was seen. */
    void broken() {
        holds.broken(asked.size(), this::seen);
        asked.clear();
    }
}
