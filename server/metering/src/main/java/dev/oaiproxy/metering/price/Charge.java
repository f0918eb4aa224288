package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ServiceTier;
import java.util.List;

/**
 * The cost of a call, and how it comes about.
 *
 * @param cost the sum of the lines, which the constructor checks
 * @param tier the tier whose rates apply
 * @param longContext true if the rates of the long-context step apply
 */
public record Charge(Usd cost, ServiceTier tier, boolean longContext, List<PricedLine> lines) {
    public Charge {
        lines = List.copyOf(lines);
        if (!cost.equals(PricedLines.cost(lines))) {
            throw new IllegalArgumentException(
                    cost + " is not the cost of " + PricedLines.text(lines));
        }
    }

    static Charge of(ServiceTier tier, boolean longContext, List<PricedLine> lines) {
        return new Charge(PricedLines.cost(lines), tier, longContext, lines);
    }
}
