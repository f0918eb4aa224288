package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Usd;
import java.util.List;

/**
 * What a call cost, and why.
 *
 * @param cost what the lines come to, which is checked
 * @param tier the tier whose rates were applied
 * @param longContext whether the rates of the long-context step were applied
 */
public record Charge(Usd cost, Tier tier, boolean longContext, List<Line> lines) {
    public Charge {
        lines = List.copyOf(lines);
        if (!cost.equals(Lines.cost(lines))) {
            throw new IllegalArgumentException(cost + " is not the cost of " + Lines.text(lines));
        }
    }

    static Charge of(Tier tier, boolean longContext, List<Line> lines) {
        return new Charge(Lines.cost(lines), tier, longContext, lines);
    }
}
