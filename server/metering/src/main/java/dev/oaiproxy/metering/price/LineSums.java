package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.price.book.ServiceTier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sum of the charges of several responses that are one call in the ledger. It is rounded once.
 */
public final class LineSums {
    private final Map<List<Object>, PricedLine> lines = new LinkedHashMap<>();

    /**
     * Adds the charge of one response.
     *
     * @throws IllegalArgumentException if the sum is more than a charge can hold
     */
    public void add(Charge charge) {
        add(charge.lines());
    }

    void add(List<PricedLine> more) {
        for (PricedLine line : more) {
            lines.merge(List.of(line.unit(), line.rate()), line, PricedLine::plus);
        }
    }

    List<PricedLine> lines() {
        return List.copyOf(lines.values());
    }

    /**
     * The cost of all lines at the batch tier.
     *
     * @throws ArithmeticException if it is out of range
     */
    public Charge charge() {
        return Charge.of(ServiceTier.BATCH, false, lines());
    }
}
