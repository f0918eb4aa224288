package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.Remedy;
import java.util.List;
import java.util.function.Function;

/**
 * An amount that is held as a whole or refused.
 *
 * @param parts the parts of the amount
 * @param remedies finds changes by which the call would fit into a free amount
 */
public record HoldAmount(Breakdown parts, Function<Usd, List<Remedy>> remedies) {
    /** An amount without remedies. */
    public static HoldAmount of(Breakdown parts) {
        return new HoldAmount(parts, free -> List.of());
    }

    public Usd usd() {
        return parts.sum();
    }

    /** The refusal of the amount, with its parts and remedies when it does not fit. */
    public Refusal refusal(Admission.Denied why) {
        Refusal refusal = Refusal.of(why, usd());
        if (!(refusal instanceof Refusal.QuotaSpent spent)) {
            return refusal;
        }
        Usd free = spent.why().free();
        boolean some = free.compareTo(Usd.ZERO) > 0;
        return new Refusal.QuotaSpent(
                spent.why(), usd(), parts, some ? remedies.apply(free) : List.of());
    }
}
