package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import java.util.List;
import java.util.function.Function;

/**
 * A hold of a fixed amount.
 *
 * @param parts the parts of the amount
 * @param remedies finds changes by which the call would fit into a free amount
 */
public record FixedHold(Breakdown parts, Function<Usd, List<Remedy>> remedies) {
    /** An amount without remedies. */
    public static FixedHold of(Breakdown parts) {
        return new FixedHold(parts, free -> List.of());
    }

    public Usd usd() {
        return parts.sum();
    }

    /** Adds the parts of the amount and the remedies to a refusal. */
    public Grant explained(Grant denied) {
        if (!(denied instanceof Grant.Spent spent)) {
            return denied;
        }
        Usd free = spent.why().free();
        boolean some = free.compareTo(Usd.ZERO) > 0;
        return new Grant.Spent(spent.why(), usd(), parts, some ? remedies.apply(free) : List.of());
    }
}
