package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.price.book.ServiceTier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The charges of many answers that are one call on the ledger, and are rounded once. */
public final class LineSums {
    private final Map<List<Object>, PricedLine> lines = new LinkedHashMap<>();

    /**
     * Adds what one answer costs.
     *
     * @throws IllegalArgumentException when there is more than a charge can hold
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
     * What all of it costs, at the tier of batches.
     *
     * @throws ArithmeticException when that is out of range
     */
    public Charge charge() {
        return Charge.of(ServiceTier.BATCH, false, lines());
    }
}
