package dev.oaiproxy.proxy.relay.call;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.InputBound;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.usage.Tap;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.deferred.DeferredCalls;
import dev.oaiproxy.proxy.deferred.SettlementTerms;
import dev.oaiproxy.proxy.quota.Costing;
import dev.oaiproxy.proxy.quota.Hold;
import dev.oaiproxy.proxy.quota.HoldAmount;
import dev.oaiproxy.proxy.quota.MeteredRequest;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ends the hold of one call exactly once, by the usage that its response states. The methods that
 * end it return true when the end is durable.
 */
public final class Settlement implements AutoCloseable {
    /** Speech at 6 kbit/s, the lowest bit rate of Opus. */
    private static final long FEWEST_BYTES_PER_SPOKEN_TOKEN = 37;

    private static final Logger LOG = System.getLogger(Settlement.class.getName());

    private static final String FAILED = "the response failed without stating its usage";

    private final MeteredRequest request;
    private final Hold hold;
    private final Storage storage;
    private final BodyRecorder bodyRecorder;
    private final DeferredCalls deferredCalls;
    private final long startNanos = System.nanoTime();
    private @Nullable Usd cost;
    private boolean asked;

    /** OpenAI can be asked later for the usage of a response that it stores. */
    enum Storage {
        STORED,
        NOT_STORED
    }

    Settlement(
            MeteredRequest request,
            Hold hold,
            Storage storage,
            BodyRecorder bodyRecorder,
            DeferredCalls deferredCalls) {
        this.request = request;
        this.hold = hold;
        this.storage = storage;
        this.bodyRecorder = bodyRecorder;
        this.deferredCalls = deferredCalls;
    }

    public BodyRecorder bodyRecorder() {
        return bodyRecorder;
    }

    Lease lease() {
        return bodyRecorder.lease();
    }

    boolean hasEnded() {
        return hold.hasEnded();
    }

    /** The cost of the call; null while it has not ended. */
    @Nullable
    public Usd cost() {
        return cost;
    }

    /**
     * Changes the amount of the hold.
     *
     * @throws RefusedException when a larger amount is refused
     */
    public void resize(HoldAmount amount) {
        Admission.Denied denied = hold.resize(amount.usd());
        if (denied != null) {
            throw new RefusedException(amount.refusal(denied));
        }
    }

    /** Notes that the request is being sent: from now on OpenAI may bill the call. */
    public void noteSending() {
        asked = true;
    }

    /**
     * Charges the usage that a tap has read. A response that OpenAI reports as failed costs the
     * part that was seen, and nothing if it failed before its first output.
     */
    public boolean settle(Tap tap, int status) {
        UsageResult result = tap.reading();
        boolean failed = result instanceof UsageResult.Missing missing && missing.failed();
        if (!failed) {
            return settle(result, status);
        }
        return tap.hasBegun()
                ? chargeSeen(result, FAILED, status)
                : release("OpenAI failed before it generated anything", status);
    }

    /** Charges the stated usage, or else the part of the response that was seen. */
    public boolean settle(UsageResult result, int status) {
        return switch (result) {
            case UsageResult.Complete complete -> charge(complete, status);
            case UsageResult.Pending _ ->
                    deferOrEstimate(result, "the response has not ended", status);
            case UsageResult.Missing missing when missing.failed() ->
                    deferOrEstimate(result, FAILED, status);
            case UsageResult.Missing _ ->
                    deferOrChargeSeen(
                            result, "the response ended without stating its usage", status);
            case UsageResult.Contradictory odd ->
                    estimate("the usage is inconsistent: " + odd.why(), status);
        };
    }

    /**
     * Defers the settlement of a response without usage if OpenAI can be asked for it later;
     * otherwise charges the whole hold.
     */
    boolean deferOrEstimate(UsageResult result, String reason, int status) {
        return defer(result, null) || estimate(reason, status);
    }

    /**
     * Defers the settlement of a response that OpenAI broke off if OpenAI can be asked for its
     * usage later; otherwise charges the part that was seen.
     */
    public boolean deferOrChargeSeen(UsageResult result, String reason, int status) {
        return defer(result, bodyRecorder.bytesSeen()) || chargeSeen(result, reason, status);
    }

    /**
     * Defers the settlement if OpenAI can be asked for the usage later.
     *
     * @param seen the bytes to charge for if OpenAI turns out not to keep the response; null to
     *     charge the hold
     */
    private boolean defer(UsageResult result, @Nullable Long seen) {
        String id =
                switch (result) {
                    case UsageResult.Pending pending -> pending.id();
                    case UsageResult.Missing missing ->
                            storage == Storage.STORED ? missing.id() : null;
                    case UsageResult.Complete _, UsageResult.Contradictory _ -> null;
                };
        return id != null && defer(id, seen, beside(result));
    }

    private boolean defer(String id, @Nullable Long seen, List<Usage> beside) {
        RequestFacts facts = request.facts();
        boolean batch = request.meter() == Meter.BATCH;
        PendingSettlements.SettlementKind kind =
                switch (request.meter()) {
                    case BATCH -> PendingSettlements.SettlementKind.BATCH;
                    case FINE_TUNING -> PendingSettlements.SettlementKind.FINE_TUNING;
                    default -> PendingSettlements.SettlementKind.RESPONSE;
                };
        SettlementTerms terms =
                new SettlementTerms(
                        batch ? facts.flow().format() : null,
                        ResponseTerms.of(facts),
                        batch ? null : largestInput(),
                        seen,
                        beside);
        if (!deferredCalls.add(hold.id(), kind, id, terms)) {
            return false;
        }
        hold.handOver();
        log("deferred", Usd.ZERO);
        return true;
    }

    /** Charges the whole hold, because the cost is unknown. */
    public boolean estimate(String reason, int status) {
        return ended("estimated", hold.amount(), hold.estimate(reason, status));
    }

    /**
     * Charges a response that was cancelled because its client disconnected. A stated usage is
     * charged exactly. Otherwise an upper bound of the input and of the text so far is charged, and
     * never more than the hold. Reasoning before the cancellation cannot be seen.
     */
    boolean cancelled(UsageResult result, int status) {
        if (result instanceof UsageResult.Complete complete) {
            return charge(complete, status);
        }
        return (result instanceof UsageResult.Pending || isJob())
                ? deferOrEstimate(result, "the client disconnected", status)
                : chargeSeen(
                        result,
                        "the client disconnected, and the response was cancelled: estimated",
                        status);
    }

    /** True for batches and fine-tuning jobs, whose response states no usage. */
    private boolean isJob() {
        return request.amount() != null || request.meter() == Meter.FINE_TUNING;
    }

    /**
     * Charges an upper bound of the input and of the output so far, with the fees of the tools that
     * were seen, and never more than the hold.
     */
    private boolean chargeSeen(UsageResult result, String reason, int status) {
        if (isJob()) {
            return estimate(reason, status);
        }
        long audio = Math.min(largestInput(), request.facts().input().pictures().audioTokens());
        Map<Unit, Long> units = new EnumMap<>(Unit.class);
        units.put(Unit.INPUT, largestInput() - audio);
        units.put(written(), request.meter() == Meter.SPEECH ? spoken() : bodyRecorder.bytesSeen());
        if (audio > 0) {
            units.put(Unit.AUDIO_INPUT, audio);
        }
        Usage seen = new Usage(null, null, units);
        return estimate(new UsageResult.Complete(seen, beside(result)), reason, status);
    }

    /** Usage of hosted tools that was seen. */
    private static List<Usage> beside(UsageResult result) {
        return result instanceof UsageResult.Missing missing ? missing.beside() : List.of();
    }

    private Unit written() {
        return request.meter() == Meter.SPEECH ? Unit.AUDIO_OUTPUT : Unit.OUTPUT;
    }

    /**
     * The most tokens of speech so far. A token is 50 ms of sound, which no format encodes in fewer
     * bytes, even in base64.
     */
    private long spoken() {
        return Math.ceilDiv(bodyRecorder.bytesSeen(), FEWEST_BYTES_PER_SPOKEN_TOKEN);
    }

    /** Charges usage that was seen but not stated, and never more than the hold. */
    public boolean estimate(UsageResult.Complete seen, String reason, int status) {
        Costing.CostResult costResult = costing().of(seen, status);
        if (costResult instanceof Costing.CostResult.Known known && isBelowHold(known.cost())) {
            Hold.Cost bound = known.cost().because(reason);
            return ended("estimated", bound.charge().cost(), hold.estimate(bound));
        }
        return estimate(reason, status);
    }

    private boolean isBelowHold(Hold.Cost cost) {
        return cost.charge().cost().compareTo(hold.amount()) < 0;
    }

    private Costing costing() {
        return new Costing(request.prices(), request.price(), hold.id().madeAt());
    }

    private long largestInput() {
        InputBound input = InputBound.of(request.price(), request.facts().input());
        long largest = request.price().limits().inputTokens();
        return input.bounded() ? Math.min(input.tokens(), largest) : largest;
    }

    public boolean release(String reason, int status) {
        return ended("released", Usd.ZERO, hold.release(reason, status));
    }

    /** Ends the hold of a call without a complete response. */
    public void noAnswer(UpstreamException e) {
        if (hasEnded()) {
            return;
        }
        switch (e.sendState()) {
            case NOT_SENT -> release("OpenAI could not be reached", 0);
            case UNKNOWN ->
                    chargeSeen(
                            new UsageResult.Missing(),
                            e.isTimeout()
                                    ? "OpenAI did not respond in time"
                                    : "the connection to OpenAI was lost",
                            0);
        }
    }

    /** Adds the proxy's headers to those of a response. */
    public Headers mark(Headers headers) {
        Headers marked = headers.with("x-oaiproxy-call-id", hold.id().toString());
        Usd known = cost;
        if (known != null) {
            marked = marked.with("x-oaiproxy-cost-usd", known.toString());
        }
        Usd remaining = hold.remaining();
        if (remaining == null) {
            return marked;
        }
        Usd back = known == null ? Usd.ZERO : hold.amount().minus(known);
        return marked.with("x-oaiproxy-remaining-usd", remaining.plus(back).toString());
    }

    /**
     * The last resort: charges the whole hold of a call that is still open if OpenAI was asked, and
     * releases it otherwise.
     */
    @Override
    public void close() {
        if (!hasEnded() && asked) {
            estimate("the proxy failed during the call", 0);
        } else if (!hasEnded()) {
            release("the proxy failed before it sent the request", 0);
        }
        bodyRecorder.file(hold.id());
    }

    private boolean charge(UsageResult.Complete answer, int status) {
        return switch (costing().of(answer, status)) {
            case Costing.CostResult.Unpriceable unpriceable -> estimate(unpriceable.why(), status);
            case Costing.CostResult.Doubtful doubtful -> dearer(doubtful, status);
            case Costing.CostResult.Known known ->
                    ended("charged", known.cost().charge().cost(), hold.charge(known.cost()));
        };
    }

    /** Charges the hold, or the price of the stated usage if that is more. */
    private boolean dearer(Costing.CostResult.Doubtful doubtful, int status) {
        Usd priced = doubtful.cost().charge().cost();
        return priced.compareTo(hold.amount()) > 0
                ? ended("estimated", priced, hold.estimate(doubtful.cost()))
                : estimate(doubtful.why(), status);
    }

    private boolean ended(String state, Usd amount, boolean durable) {
        cost = amount;
        log(state, amount);
        return durable;
    }

    private void log(String state, Usd amount) {
        LOG.log(
                Level.INFO,
                "event=call call={0} user={1} key={2} operation={3} model={4} state={5} usd={6}"
                        + " ms={7}",
                hold.id(),
                request.key().user(),
                request.key().id(),
                request.operation(),
                request.price().name(),
                state,
                amount,
                (System.nanoTime() - startNanos) / 1_000_000);
    }
}
