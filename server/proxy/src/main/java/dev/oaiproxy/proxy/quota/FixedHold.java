package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import java.util.List;
import java.util.function.Function;

/**
 * What a call must hold, no more and no less.
 *
 * @param parts what it is made of
 * @param remedies gives, for what is free, the changes by which the call would fit
 */
public record FixedHold(Breakdown parts, Function<Usd, List<Remedy>> remedies) {
    /** An amount that nothing can make smaller. */
    public static FixedHold of(Breakdown parts) {
        return new FixedHold(parts, free -> List.of());
    }

    public Usd usd() {
        return parts.sum();
    }

    /** What a refusal is told with: what so much is needed for, and what would fit. */
    public Grant explained(Grant denied) {
        if (!(denied instanceof Grant.Spent spent)) {
            return denied;
        }
        Usd free = spent.why().free();
        boolean some = free.compareTo(Usd.ZERO) > 0;
        return new Grant.Spent(spent.why(), usd(), parts, some ? remedies.apply(free) : List.of());
    }
}
