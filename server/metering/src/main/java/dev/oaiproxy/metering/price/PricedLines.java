package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.Rate;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of a charge in the format of the ledger: {@code input=86@2.5 cached_input=1920@1.25}.
 * The rate is in dollars for {@link Rate#per} of the unit.
 */
public final class PricedLines {
    private static final Pattern LINE =
            Pattern.compile("([a-z0-9_]+)=([1-9][0-9]{0,14})@([0-9.]+)");
    private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);
    private static final BigInteger HALF = BigInteger.valueOf(500_000);

    private PricedLines() {}

    /** The lines as one text, empty if there are none; at most 1,000 characters. */
    public static String text(List<PricedLine> lines) {
        StringBuilder text = new StringBuilder();
        for (PricedLine line : lines) {
            text.append(text.isEmpty() ? "" : " ").append(text(line));
        }
        return text.toString();
    }

    /**
     * Reads the format of {@link #text}, and no other.
     *
     * @throws IllegalArgumentException if the text does not have that format
     */
    public static List<PricedLine> parse(String text) {
        List<PricedLine> lines = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            PricedLine pricedLine = line(part);
            // A unit may have two rates, because a tool's model has rates of its own.
            String kind = pricedLine.unit() + "@" + pricedLine.rate();
            if (!seen.add(kind) || !text(pricedLine).equals(part)) {
                throw new IllegalArgumentException("not a line of a charge: '" + part + "'");
            }
            lines.add(pricedLine);
        }
        return List.copyOf(lines);
    }

    /**
     * The cost of all lines. This is the only rounding of money: the exact sum, half up to the
     * nano-dollar.
     *
     * @throws ArithmeticException if it is out of range
     */
    public static Usd cost(List<PricedLine> lines) {
        try {
            long sum = HALF.longValue();
            for (PricedLine line : lines) {
                long nanos = line.rate().nanosPerMillion();
                sum = Math.addExact(sum, Math.multiplyExact(line.quantity(), nanos));
            }
            return Usd.ofNanos(sum / MILLION.longValue());
        } catch (ArithmeticException large) {
            return Usd.ofNanos(sum(lines).add(HALF).divide(MILLION).longValueExact());
        }
    }

    /** The lines, with those of the same unit and rate added up. */
    static List<PricedLine> joined(List<PricedLine> lines) {
        LineSums sums = new LineSums();
        sums.add(lines);
        return sums.lines();
    }

    /** A bound of the cost of all lines: the exact sum, rounded up to the nano-dollar. */
    static Usd bound(BigInteger sum) {
        return Usd.ofNanos(
                sum.add(MILLION).subtract(BigInteger.ONE).divide(MILLION).longValueExact());
    }

    /** The same of a sum that fits into a number. */
    static Usd bound(long sum) {
        return Usd.ofNanos(Math.ceilDiv(sum, MILLION.longValue()));
    }

    private static BigInteger sum(List<PricedLine> lines) {
        BigInteger sum = BigInteger.ZERO;
        for (PricedLine line : lines) {
            sum = sum.add(line.product());
        }
        return sum;
    }

    private static String text(PricedLine pricedLine) {
        String usd = pricedLine.rate().usd(Rate.per(pricedLine.unit()));
        return pricedLine.unit().label() + "=" + pricedLine.quantity() + "@" + usd;
    }

    private static PricedLine line(String part) {
        Matcher matcher = LINE.matcher(part);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a line of a charge: '" + part + "'");
        }
        Unit unit = Unit.labelled(matcher.group(1));
        long quantity = Long.parseLong(matcher.group(2));
        return new PricedLine(unit, quantity, Rate.parse(matcher.group(3), Rate.per(unit)));
    }
}
