package dev.oaiproxy.server.price;

import dev.oaiproxy.server.catalogue.RequestFacts;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.usage.Unit;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The upper bound of a call's cost: the most it can consume at the dearest rates it can reach. */
record Ceiling(ModelPrice price, RequestFacts facts, long inputTokens) {

    static Usd of(ModelPrice price, RequestFacts facts) {
        return new Ceiling(price, facts, inputBound(price, facts)).usd();
    }

    private Usd usd() {
        BigInteger choices = BigInteger.valueOf(Math.max(1, facts.choices()));
        BigInteger sum =
                BigInteger.valueOf(inputTokens)
                        .multiply(dearest(this::maySpendOnInput))
                        .add(output().multiply(choices))
                        .add(searches().multiply(choices));
        return Lines.bound(sum);
    }

    /**
     * A token is at least one byte of the body. OpenAI refuses an input that is larger than the
     * model takes, so that bounds it too, but for requests with several inputs, of which each may
     * be that large. A search model reads pages that the body does not hold.
     */
    private static long inputBound(ModelPrice price, RequestFacts facts) {
        long largest = price.limits().inputTokens();
        boolean bounded = facts.boundedInput() && price.kind() != Kind.SEARCH_CHAT;
        if (price.kind().takesManyInputs()) {
            return bounded ? facts.bodyBytes() : Math.max(facts.bodyBytes(), largest);
        }
        return bounded ? Math.min(facts.bodyBytes(), largest) : largest;
    }

    private BigInteger output() {
        if (!price.kind().hasOutput()) {
            return BigInteger.ZERO;
        }
        Long asked = facts.maxOutputTokens();
        // OpenAI refuses a limit below 1; what it would do with one is not relied on.
        long tokens = asked != null && asked > 0 ? asked : price.limits().outputTokens();
        return BigInteger.valueOf(tokens)
                .multiply(dearest(unit -> unit.side() == Unit.Side.OUTPUT));
    }

    private BigInteger searches() {
        return price.kind() == Kind.SEARCH_CHAT
                ? dearest(unit -> unit == Unit.WEB_SEARCH)
                : BigInteger.ZERO;
    }

    private boolean maySpendOnInput(Unit unit) {
        return unit.side() == Unit.Side.INPUT
                && (unit != Unit.CACHE_WRITE_12H || facts.longCacheWrite());
    }

    /** The dearest rate, in nano-dollars per million, of such units; zero when none has a rate. */
    private BigInteger dearest(Predicate<Unit> units) {
        Set<Tier> tiers = Tier.reachable(facts.serviceTier());
        return Arrays.stream(Unit.values())
                .filter(units)
                .flatMap(unit -> tiers.stream().flatMap(tier -> rates(tier, unit)))
                .max(Rate::compareTo)
                .map(rate -> BigInteger.valueOf(rate.nanosPerMillion()))
                .orElse(BigInteger.ZERO);
    }

    private Stream<Rate> rates(Tier tier, Unit unit) {
        Optional<Rate> ordinary = price.rate(tier, false, unit);
        return price.isLong(inputTokens)
                ? Stream.of(ordinary, price.rate(tier, true, unit)).flatMap(Optional::stream)
                : ordinary.stream();
    }
}
