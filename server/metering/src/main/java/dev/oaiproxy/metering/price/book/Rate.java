package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.money.Unit;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/**
 * The exact price of a unit.
 *
 * @param nanosPerMillion nano-dollars for one million of the unit, whatever the unit is: 2.50 USD
 *     per million tokens is 2.5e9, 0.01 USD per search is 1e13; never negative
 */
public record Rate(long nanosPerMillion) implements Comparable<Rate> {
    private static final long MILLION = 1_000_000;
    // The decimal places between dollars per unit and nano-dollars per million units.
    private static final int SCALE = 15;
    private static final Pattern USD = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,15})?");

    public Rate {
        if (nanosPerMillion < 0) {
            throw new IllegalArgumentException("negative rate: " + nanosPerMillion);
        }
    }

    /** The number of units for which a rate in dollars is quoted. */
    public static long per(Unit unit) {
        return switch (unit) {
            case INPUT, CACHED_INPUT, CACHE_WRITE, CACHE_WRITE_12H -> MILLION;
            case AUDIO_INPUT, AUDIO_CACHED_INPUT, IMAGE_INPUT, IMAGE_CACHED_INPUT -> MILLION;
            case OUTPUT, AUDIO_OUTPUT, IMAGE_OUTPUT, CHARACTERS, STORAGE, TRAINING -> MILLION;
            case SECONDS, WEB_SEARCH, FILE_SEARCH, CONTAINER_MINUTES -> 1;
        };
    }

    /**
     * Parses a rate in dollars for {@code per} of a unit.
     *
     * @param per 1 or 1,000,000
     * @throws IllegalArgumentException if it is not a plain decimal number, is negative, is too
     *     fine to hold or is out of range
     */
    public static Rate parse(String usd, long per) {
        if (!USD.matcher(usd).matches()) {
            throw new IllegalArgumentException("not a rate in USD: '" + usd + "'");
        }
        try {
            BigDecimal nanos = new BigDecimal(usd).movePointRight(SCALE);
            return new Rate(nanos.divide(BigDecimal.valueOf(per)).longValueExact());
        } catch (ArithmeticException inexact) {
            throw new IllegalArgumentException(
                    "rate in USD is too fine or out of range: '" + usd + "'", inexact);
        }
    }

    /**
     * The rate of an amount in dollars for {@code per} of a unit, rounded up if it is too fine.
     *
     * @throws ArithmeticException if it is out of range
     */
    public static Rate ofDollars(BigDecimal usd, long per) {
        return new Rate(
                usd.movePointRight(SCALE)
                        .divide(BigDecimal.valueOf(per), 0, RoundingMode.CEILING)
                        .longValueExact());
    }

    /** Exact decimal dollars for {@code per} of the unit, without trailing zeros. */
    public String usd(long per) {
        return BigDecimal.valueOf(nanosPerMillion, SCALE)
                .multiply(BigDecimal.valueOf(per))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** The cost of a quantity in millionths of a nano-dollar, which do not fit into a long. */
    public BigInteger of(long quantity) {
        return BigInteger.valueOf(quantity).multiply(BigInteger.valueOf(nanosPerMillion));
    }

    /** A multiple of the rate, rounded up so that it never undercharges. */
    Rate times(BigDecimal factor) {
        return new Rate(
                BigDecimal.valueOf(nanosPerMillion)
                        .multiply(factor)
                        .setScale(0, RoundingMode.CEILING)
                        .longValueExact());
    }

    public Rate doubled() {
        return new Rate(Math.multiplyExact(nanosPerMillion, 2));
    }

    @Override
    public int compareTo(Rate other) {
        return Long.compare(nanosPerMillion, other.nanosPerMillion);
    }
}
