package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.Rate;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * One line of a charge: a quantity of a unit at a rate.
 *
 * @param quantity the quantity of the unit, at least 1
 */
public record PricedLine(Unit unit, long quantity, Rate rate) {
    // Nano-dollars per million units.
    private static final int SCALE = 15;

    /** The largest quantity. No batch comes near it. */
    static final long LARGEST_QUANTITY = 999_999_999_999_999L;

    public PricedLine {
        if (quantity < 1 || quantity > LARGEST_QUANTITY) {
            throw new IllegalArgumentException(unit.label() + " is " + quantity);
        }
    }

    /** The sum of two lines with the same unit and rate. */
    PricedLine plus(PricedLine other) {
        return new PricedLine(unit, Math.addExact(quantity, other.quantity), rate);
    }

    /** The exact cost in dollars, not rounded, without trailing zeros. */
    public String costUsd() {
        return new BigDecimal(product(), SCALE).stripTrailingZeros().toPlainString();
    }

    /** The cost in millionths of a nano-dollar. Large counts do not fit into a long. */
    BigInteger product() {
        return rate.of(quantity);
    }
}
