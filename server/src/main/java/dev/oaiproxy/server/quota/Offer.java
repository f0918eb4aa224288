package dev.oaiproxy.server.quota;

import dev.oaiproxy.server.ledger.Admission;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.price.Breakdown;
import dev.oaiproxy.server.price.Demand;
import dev.oaiproxy.server.price.Pricer;
import java.util.Optional;

/**
 * The smaller holds that a call could make do with.
 *
 * @param wanted the output tokens of one choice that it may use when nothing clamps it
 * @param floor the fewest that it may be clamped to
 */
record Offer(Demand demand, long wanted, long floor) {
    static Offer of(Order order, long floorTokens) {
        Long asked = order.facts().output().maxTokens();
        long wanted = asked == null ? order.price().mostOutput() : asked;
        boolean clampable = order.meter().limitsOutput();
        return new Offer(
                order.demand(), wanted, clampable ? Math.min(floorTokens, wanted) : wanted);
    }

    /** A hold, and the output that it covers. */
    record Clamp(long tokens, Usd amount) {}

    /** The most that the call can cost when its output is clamped as far as it may be. */
    Usd least() {
        return ceiling(floor);
    }

    /** What that is made of. */
    Breakdown parts() {
        return Pricer.breakdown(limited(floor));
    }

    /** Whether the call could ever fit the account that refused it, were nothing else held. */
    boolean fitsWithoutOthers(Admission.OverQuota why) {
        return least().compareTo(why.limit().minus(why.spent())) <= 0;
    }

    /**
     * The hold that fits what is free: a share of it, or the floor where that is more.
     *
     * @return empty when not even the floor fits
     */
    Optional<Clamp> within(Usd free, int shareParts) {
        Usd least = least();
        if (least.compareTo(free) > 0) {
            return Optional.empty();
        }
        Usd share = Usd.ofNanos(free.nanos() / shareParts);
        Usd budget = share.compareTo(least) > 0 ? share : least;
        long tokens = affordable(budget);
        return Optional.of(new Clamp(tokens, ceiling(tokens)));
    }

    /** The most output whose ceiling is within a budget that covers the floor; by bisection. */
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

    private Demand limited(long outputTokens) {
        return demand.with(demand.facts().withMaxOutputTokens(outputTokens));
    }
}
