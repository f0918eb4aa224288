package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.Rate;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * One term of a charge: so much of a unit at a rate.
 *
 * @param quantity how much of the unit, at least 1
 */
public record PricedLine(Unit unit, long quantity, Rate rate) {
    // Nano-dollars per million units.
    private static final int SCALE = 15;

    /** No batch comes near this. */
    static final long LARGEST_QUANTITY = 999_999_999_999_999L;

    public PricedLine {
        if (quantity < 1 || quantity > LARGEST_QUANTITY) {
            throw new IllegalArgumentException(unit.label() + " is " + quantity);
        }
    }

    /** Both together; they are of one unit and rate. */
    PricedLine plus(PricedLine other) {
        return new PricedLine(unit, Math.addExact(quantity, other.quantity), rate);
    }

    /** The cost in dollars, exact and not rounded, without trailing zeros. */
    public String costUsd() {
        return new BigDecimal(product(), SCALE).stripTrailingZeros().toPlainString();
    }

    /** The cost in millionths of a nano-dollar. A long cannot hold what large counts come to. */
    BigInteger product() {
        return rate.of(quantity);
    }
}
