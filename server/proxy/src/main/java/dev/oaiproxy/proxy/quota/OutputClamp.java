package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.Pricer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the hold of a call: its whole ceiling, or less with a clamped output.
 *
 * @param wanted the output tokens of one choice without a clamp
 * @param floor the lowest clamp
 */
record OutputClamp(MaxUsage maxUsage, long wanted, long floor) {
    static OutputClamp of(MeteredRequest request, long floorTokens) {
        Long asked = request.facts().output().maxTokens();
        long wanted = asked == null ? request.price().mostOutput() : asked;
        boolean clampable = request.meter().limitsOutput();
        return new OutputClamp(
                request.maxUsage(), wanted, clampable ? Math.min(floorTokens, wanted) : wanted);
    }

    /**
     * A hold and the output that it covers.
     *
     * @param tokens the output limit, or null when the hold covers all of it
     * @param room the amount that must be free when it is put on the ledger
     */
    record Clamp(@Nullable Long tokens, Usd amount, Usd room) {
        /** A hold of a fixed amount, which may take all of the free amount. */
        static Clamp none(Usd amount) {
            return new Clamp(null, amount, amount);
        }
    }

    /**
     * The hold of the whole ceiling. Without an output limit in the request it is far more than the
     * call will use, so it takes at most a share of the free amount.
     */
    Clamp whole(int shareParts) {
        Usd amount = Pricer.ceiling(maxUsage);
        boolean open = maxUsage.facts().output().maxTokens() == null && floor < wanted;
        return new Clamp(null, amount, open ? times(amount, shareParts) : amount);
    }

    private static Usd times(Usd amount, int parts) {
        boolean over = amount.nanos() > Long.MAX_VALUE / parts;
        return Usd.ofNanos(over ? Long.MAX_VALUE : amount.nanos() * parts);
    }

    /** The ceiling of the call at its lowest clamp. */
    Usd least() {
        return ceiling(floor);
    }

    /** The parts of that ceiling. */
    Breakdown parts() {
        return Pricer.breakdown(limited(floor));
    }

    /** True when the call would fit the account that refused it if nothing else were held. */
    boolean fitsWithoutOthers(Admission.OverQuota why) {
        return why.fitsWithoutOthers(least());
    }

    /**
     * The hold that fits into the free amount: a share of it, or the floor if that is more.
     *
     * @return empty when not even the floor fits
     */
    Optional<Clamp> within(Usd free, int shareParts) {
        Usd least = least();
        if (least.compareTo(free) > 0) {
            return Optional.empty();
        }
        Usd share = Usd.ofNanos(free.nanos() / shareParts);
        boolean shares = share.compareTo(least) >= 0;
        long tokens = affordable(shares ? share : least);
        Usd amount = ceiling(tokens);
        boolean whole = tokens == wanted && amount.equals(Pricer.ceiling(maxUsage));
        Usd room = shares ? times(amount, shareParts) : amount;
        return Optional.of(new Clamp(whole ? null : tokens, amount, room));
    }

    /** The largest output whose ceiling is within a budget that covers the floor, by bisection. */
    private long affordable(Usd budget) {
        long fits = floor;
        long tooMany = wanted + 1;
        while (fits + 1 < tooMany) {
            long middle = fits + (tooMany - fits) / 2;
            if (ceiling(middle).compareTo(budget) <= 0) {
                fits = middle;
            } else {
                tooMany = middle;
            }
        }
        return fits;
    }

    private Usd ceiling(long outputTokens) {
        return Pricer.ceiling(limited(outputTokens));
    }

    private MaxUsage limited(long outputTokens) {
        return maxUsage.with(maxUsage.facts().withMaxOutputTokens(outputTokens));
    }
}
