package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.Ledger;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Charge;
import dev.oaiproxy.metering.price.PricedLines;
import java.lang.System.Logger;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Money set aside for one call. It ends exactly once: charged, released, estimated, or handed over
 * to a deferred settlement. A second end is an {@link IllegalStateException}.
 */
public final class Hold {
    /** The remark of a charge above its hold. */
    public static final String ABOVE = "costs more than was held";

    private static final Logger LOG = System.getLogger(Hold.class.getName());

    private final Ledger ledger;
    private final InstantSource clock;
    private final InFlightCalls inFlightCalls;
    private final CallId id;
    private final Key key;
    private final String model;
    private final @Nullable Usd remaining;
    private final AtomicBoolean hasEnded = new AtomicBoolean();
    private volatile Usd amount;

    /**
     * @param remaining the amount that stays free beside the hold; null without a limit
     */
    Hold(
            Ledger ledger,
            InstantSource clock,
            InFlightCalls inFlightCalls,
            HoldRequest order,
            @Nullable Usd remaining) {
        this.ledger = ledger;
        this.clock = clock;
        this.inFlightCalls = inFlightCalls;
        this.id = order.id();
        this.key = order.key();
        this.model = order.model();
        this.amount = order.amount();
        this.remaining = remaining;
        inFlightCalls.enter();
    }

    public CallId id() {
        return id;
    }

    public Usd amount() {
        return amount;
    }

    /** The amount that was still free beside this hold; null without a limit. */
    public @Nullable Usd remaining() {
        return remaining;
    }

    public boolean hasEnded() {
        return hasEnded.get();
    }

    /**
     * Changes the amount. A smaller one is always allowed; if a larger one is denied, the amount
     * stays as it was.
     *
     * @return the denial, or null
     */
    public Admission.@Nullable Denied resize(Usd another) {
        if (hasEnded()) {
            throw new IllegalStateException("call " + id + " has already ended");
        }
        int change = another.compareTo(amount);
        if (change == 0) {
            return null;
        }
        boolean less = change < 0;
        if (less) {
            // The amount shrinks here first: an estimate never exceeds the hold, whatever the
            // ledger answers.
            amount = another;
        }
        return switch (ledger.resize(id, another, clock.instant())) {
            case Admission.Granted _ -> {
                amount = another;
                yield null;
            }
            case Admission.Denied denied -> less ? null : denied;
        };
    }

    /**
     * A charge and its usage.
     *
     * @param model the model that was priced
     * @param priceVersion the version of the price book
     * @param status the HTTP status of the response
     * @param remark an explanation of an unusual charge, or null
     */
    public record Cost(
            Charge charge,
            Usage usage,
            String model,
            String priceVersion,
            int status,
            @Nullable String remark) {
        /** This cost with a remark. */
        public Cost because(String unusual) {
            return new Cost(charge, usage, model, priceVersion, status, unusual);
        }

        /** The cost in the ledger's form. */
        public CallOutcome.Bill bill() {
            return new CallOutcome.Bill(
                    charge.cost(),
                    model,
                    charge.tier().label(),
                    PricedLines.text(charge.lines()),
                    usage.inputTokens(),
                    usage.cachedTokens(),
                    usage.outputTokens(),
                    priceVersion);
        }
    }

    /**
     * Replaces the hold by a charge.
     *
     * @return false when it is not durable: the last byte of the response must be withheld
     */
    public boolean charge(Cost cost) {
        return end(CallState.CHARGED, compared(cost), cost.status(), cost.bill());
    }

    /** Releases the hold: OpenAI charges nothing. */
    public boolean release(String reason, int status) {
        return end(CallState.RELEASED, reason, status, flat(Usd.ZERO));
    }

    /** Charges the whole hold, because the cost is unknown. */
    public boolean estimate(String reason, int status) {
        return end(CallState.ESTIMATED, reason, status, flat(amount));
    }

    /** Charges an upper bound of the usage that was seen, because the rest is unknown. */
    public boolean estimate(Cost bound) {
        return end(CallState.ESTIMATED, compared(bound), bound.status(), bound.bill());
    }

    /**
     * Raises an alarm for a charge above its hold: OpenAI's price is charged all the same, but the
     * hold was too small.
     *
     * @return the remark of the charge
     */
    private @Nullable String compared(Cost cost) {
        if (cost.charge().cost().compareTo(amount) <= 0) {
            return cost.remark();
        }
        Alarms.raise(
                LOG,
                "charge_above_hold",
                "call={0} model={1} held={2} cost={3}",
                id,
                model,
                amount,
                cost.charge().cost());
        return cost.remark() == null ? ABOVE : ABOVE + "; " + cost.remark();
    }

    /**
     * Leaves the hold on the ledger for a deferred settlement, which must have been recorded
     * before.
     */
    public void handOver() {
        finish();
        inFlightCalls.leave();
    }

    private void finish() {
        if (!hasEnded.compareAndSet(false, true)) {
            throw new IllegalStateException("call " + id + " has already ended");
        }
    }

    private boolean end(
            CallState state, @Nullable String reason, int status, CallOutcome.Bill bill) {
        finish();
        try {
            CallOutcome outcome = new CallOutcome(id, state, reason, status, clock.instant(), bill);
            return ledger.end(outcome, key);
        } finally {
            inFlightCalls.leave();
        }
    }

    private CallOutcome.Bill flat(Usd cost) {
        return CallOutcome.Bill.flat(cost, model);
    }
}
