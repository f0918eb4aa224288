package dev.oaiproxy.server.price;

import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.usage.Unit;
import java.math.BigInteger;
import java.util.Arrays;

/** The upper bound of what one turn of a conversation can cost, whoever begins it. */
public final class TurnCeiling {
    private TurnCeiling() {}

    /**
     * The most that one response, or one transcription, can cost in tokens: the largest output at
     * the dearest rate of any output, and beside it as much input as the context window leaves.
     *
     * @param mostOutput the limit of the session, which may be larger than the model's own
     */
    public static Usd tokens(ModelPrice price, long mostOutput) {
        Limits limits = price.limits();
        long output = Math.min(mostOutput, limits.outputTokens());
        BigInteger in = dearest(price, Unit.Side.INPUT);
        BigInteger out = dearest(price, Unit.Side.OUTPUT);
        return Lines.bound(cost(limits, output, in, out).max(cost(limits, 0, in, out)));
    }

    private static BigInteger cost(Limits limits, long output, BigInteger in, BigInteger out) {
        Long window = limits.contextWindow();
        long room = window == null ? limits.inputTokens() : Math.max(0, window - output);
        long input = Math.min(limits.inputTokens(), room);
        return BigInteger.valueOf(input).multiply(in).add(BigInteger.valueOf(output).multiply(out));
    }

    private static BigInteger dearest(ModelPrice price, Unit.Side side) {
        return Arrays.stream(Unit.values())
                .filter(unit -> unit.side() == side)
                .flatMap(unit -> price.rate(Tier.STANDARD, false, unit).stream())
                .max(Rate::compareTo)
                .map(rate -> BigInteger.valueOf(rate.nanosPerMillion()))
                .orElse(BigInteger.ZERO);
    }

    /** Whether what the model does is counted in seconds. */
    public static boolean isBySeconds(ModelPrice price) {
        return price.rate(Tier.STANDARD, false, Unit.SECONDS).isPresent();
    }

    /** What so many seconds cost. */
    public static Usd seconds(ModelPrice price, long seconds) {
        return price.rate(Tier.STANDARD, false, Unit.SECONDS)
                .map(rate -> BigInteger.valueOf(rate.nanosPerMillion()))
                .map(rate -> Lines.bound(rate.multiply(BigInteger.valueOf(seconds))))
                .orElse(Usd.ZERO);
    }
}
