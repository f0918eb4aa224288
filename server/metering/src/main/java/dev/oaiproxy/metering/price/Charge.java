package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ServiceTier;
import java.util.List;

/**
 * What a call cost, and why.
 *
 * @param cost what the lines come to, which is checked
 * @param tier the tier whose rates were applied
 * @param longContext whether the rates of the long-context step were applied
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
