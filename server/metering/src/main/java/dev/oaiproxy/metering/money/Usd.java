package dev.oaiproxy.metering.money;

import java.math.BigDecimal;

/**
 * An amount of US dollars, exact to the nano-dollar (1e-9 USD).
 *
 * <p>The amount is negative in some corrections. Arithmetic that leaves the range of a long (about
 * 9.2 billion USD) throws {@link ArithmeticException} and never wraps.
 *
 * @param nanos the amount in nano-dollars
 */
public record Usd(long nanos) implements Comparable<Usd> {
    public static final Usd ZERO = new Usd(0);

    private static final int SCALE = 9;
    private static final int CENTS = 2;

    public static Usd ofNanos(long nanos) {
        return nanos == 0 ? ZERO : new Usd(nanos);
    }

    /**
     * Reads a decimal number of dollars such as {@code 5}, {@code 0.005615} or {@code -0.12}.
     *
     * @throws IllegalArgumentException if it is not a plain decimal number, is finer than a
     *     nano-dollar, or is out of range
     */
    public static Usd parse(String dollars) {
        if (!dollars.matches("[+-]?[0-9]{1,10}(\\.[0-9]{1,9})?")) {
            throw new IllegalArgumentException(
                    "not an amount in USD with at most 9 decimals: '" + dollars + "'");
        }
        try {
            return ofNanos(new BigDecimal(dollars).movePointRight(SCALE).longValueExact());
        } catch (ArithmeticException outOfRange) {
            throw new IllegalArgumentException("amount out of range: " + dollars, outOfRange);
        }
    }

    public Usd plus(Usd other) {
        return ofNanos(Math.addExact(nanos, other.nanos));
    }

    public Usd minus(Usd other) {
        return ofNanos(Math.subtractExact(nanos, other.nanos));
    }

    public boolean isNegative() {
        return nanos < 0;
    }

    @Override
    public int compareTo(Usd other) {
        return Long.compare(nanos, other.nanos);
    }

    /** The exact decimal dollars with at least two decimals and no further trailing zeros. */
    @Override
    public String toString() {
        BigDecimal dollars = BigDecimal.valueOf(nanos, SCALE).stripTrailingZeros();
        return dollars.setScale(Math.max(CENTS, dollars.scale())).toPlainString();
    }
}
