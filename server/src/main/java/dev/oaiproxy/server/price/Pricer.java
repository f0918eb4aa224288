package dev.oaiproxy.server.price;

import dev.oaiproxy.server.catalogue.RequestFacts;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.usage.Unit;
import dev.oaiproxy.server.usage.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Applies a price to what was consumed, or to what a request may consume. Pure functions. */
public final class Pricer {
    private Pricer() {}

    /**
     * What a usage costs, at the tier that it names. Beyond the long-context step the whole call
     * costs the dearer rates. A tier of an unknown name is taken for the one of the model's that
     * comes dearest.
     *
     * @throws ArithmeticException when the cost is out of range
     */
    public static Pricing price(ModelPrice price, Usage usage) {
        Map<Unit, Long> billed = billed(price, usage);
        for (Unit unit : billed.keySet()) {
            if (price.rate(Tier.STANDARD, false, unit).isEmpty()) {
                return new Pricing.Unpriced(unit);
            }
        }
        boolean beyond = price.isLong(usage.inputTokens());
        return new Pricing.Priced(
                candidates(price, usage.tier()).stream()
                        .map(tier -> Charge.of(tier, beyond, lines(price, tier, beyond, billed)))
                        .max(Comparator.comparing(Charge::cost))
                        .orElseThrow());
    }

    /**
     * The most that a call can cost, whatever its answer says within what was asked for.
     *
     * @throws ArithmeticException when that is out of range, as with an absurd output limit
     */
    public static Usd ceiling(ModelPrice price, RequestFacts facts) {
        return Ceiling.of(price, facts);
    }

    /**
     * Whether the price has rates for the tier that a request asks for. Without them the cost of
     * the call cannot be bounded, and it is to be refused. A tier that is not dearer than the
     * standard one needs no rates of its own.
     *
     * @param requestedTier the {@code service_tier} of the request, null when it names none
     */
    public static boolean offers(ModelPrice price, @Nullable String requestedTier) {
        Optional<Tier> tier = Tier.served(requestedTier);
        return tier.isPresent() && (!tier.get().isPremium() || price.offers(tier.get()));
    }

    private static Set<Tier> candidates(ModelPrice price, @Nullable String name) {
        return Tier.served(name).map(Set::of).orElse(price.rates().tiers().keySet());
    }

    /** The usage, and the search that a search model makes and no usage states. */
    private static Map<Unit, Long> billed(ModelPrice price, Usage usage) {
        EnumMap<Unit, Long> billed = new EnumMap<>(Unit.class);
        billed.putAll(usage.quantities());
        if (price.kind() == Kind.SEARCH_CHAT) {
            billed.putIfAbsent(Unit.WEB_SEARCH, 1L);
        }
        return billed;
    }

    private static List<Line> lines(
            ModelPrice price, Tier tier, boolean beyond, Map<Unit, Long> billed) {
        List<Line> lines = new ArrayList<>();
        billed.forEach(
                (unit, quantity) -> {
                    Rate rate = price.rate(tier, beyond, unit).orElseThrow();
                    lines.add(new Line(unit, quantity, rate));
                });
        return lines;
    }
}
