package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ModelLimits;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.ServiceTier;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * Upper bounds for WebSocket sessions: the cost of a turn by its tokens, the cost of seconds of
 * audio, and the output that an amount pays for.
 */
public final class SessionCeiling {
    private static final Set<Unit> TEXT =
            Set.of(Unit.INPUT, Unit.CACHED_INPUT, Unit.CACHE_WRITE, Unit.CACHE_WRITE_12H);

    private SessionCeiling() {}

    /**
     * The input of a turn.
     *
     * @param text the tokens that are certainly text
     * @param other all other tokens, which may be of the dearest kind
     */
    public record Input(long text, long other) {}

    /**
     * The most that the tokens of one response or transcription can cost: the largest output at the
     * dearest output rate, and as much input as the context window has room for beside it.
     *
     * @param mostOutput the limit of the session, which may be larger than the model's own
     */
    public static Breakdown tokens(ModelPrice price, Input input, long mostOutput) {
        ModelLimits limits = price.limits();
        long output = Math.min(mostOutput, limits.outputTokens());
        long window = Objects.requireNonNullElse(limits.contextWindow(), Long.MAX_VALUE);
        // Input may be dearer than output. The sum is largest where one of the bounds is reached.
        return LongStream.of(0, output, window - input.other, window - input.other - input.text)
                .map(made -> Math.clamp(made, 0, output))
                .mapToObj(made -> parts(price, input, made, window - made))
                .max(Comparator.comparing(Breakdown::sum))
                .orElseThrow();
    }

    /**
     * The longest output that an amount pays for beside the input.
     *
     * @return a negative number if the amount does not even pay for the input
     */
    public static long mostOutput(ModelPrice price, Input input, Usd amount) {
        long fits = -1;
        long tooMany = price.limits().outputTokens() + 1;
        while (fits + 1 < tooMany) {
            long middle = fits + (tooMany - fits) / 2;
            if (tokens(price, input, middle).sum().compareTo(amount) <= 0) {
                fits = middle;
            } else {
                tooMany = middle;
            }
        }
        return fits;
    }

    private static Breakdown parts(ModelPrice price, Input input, long output, long room) {
        long all = Math.min(room, price.limits().inputTokens());
        long other = Math.min(input.other, all);
        long text = Math.min(input.text, all - other);
        BigInteger read =
                BigInteger.valueOf(other)
                        .multiply(dearest(price, unit -> unit.side() == Unit.Side.INPUT))
                        .add(BigInteger.valueOf(text).multiply(dearest(price, TEXT::contains)));
        BigInteger made =
                BigInteger.valueOf(output)
                        .multiply(dearest(price, unit -> unit.side() == Unit.Side.OUTPUT));
        Usd in = PricedLines.bound(read);
        Usd sum = PricedLines.bound(read.add(made));
        return new Breakdown(in, other + text, sum.minus(in), output, Usd.ZERO);
    }

    private static BigInteger dearest(ModelPrice price, Predicate<Unit> units) {
        return Ceiling.standard(price, units);
    }

    /** True if the model is billed only by seconds, never by tokens. */
    public static boolean isBySeconds(ModelPrice price) {
        return price.rate(ServiceTier.STANDARD, Unit.SECONDS).isPresent()
                && price.limits().inputTokens() == 0;
    }

    public static Usd seconds(ModelPrice price, long seconds) {
        return price.rate(ServiceTier.STANDARD, Unit.SECONDS)
                .map(rate -> BigInteger.valueOf(rate.nanosPerMillion()))
                .map(rate -> PricedLines.bound(rate.multiply(BigInteger.valueOf(seconds))))
                .orElse(Usd.ZERO);
    }
}
