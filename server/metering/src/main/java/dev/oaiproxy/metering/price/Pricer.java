package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.usage.Reading;
import dev.oaiproxy.metering.usage.Unit;
import dev.oaiproxy.metering.usage.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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
    public static Usd ceiling(Demand demand) {
        return Ceiling.of(demand, Tier.reachable(demand.facts().serviceTier()));
    }

    /**
     * What the most that a call can cost is made of.
     *
     * @throws ArithmeticException when that is out of range
     */
    public static Breakdown breakdown(Demand demand) {
        return Ceiling.at(demand, Tier.reachable(demand.facts().serviceTier())).parts();
    }

    /**
     * What the most is made of that a request can cost as a line of a batch, whatever tier it names
     * itself.
     *
     * @throws ArithmeticException when that is out of range
     */
    public static Breakdown batchBreakdown(Demand demand) {
        return Ceiling.at(demand, Set.of(Tier.BATCH)).parts();
    }

    /**
     * What an answer costs with all that was consumed beside its model. A model's own rate for what
     * a tool does goes before the tool's, and is that of the tier that the answer was served at.
     *
     * @param book where the rows are looked up that the parts beside the model name
     * @throws ArithmeticException when the cost is out of range
     */
    public static Pricing price(
            ModelPrice price,
            Reading.Complete answer,
            Function<String, Optional<ModelPrice>> book) {
        if (!(price(price, answer.usage()) instanceof Pricing.Priced main)) {
            return price(price, answer.usage());
        }
        List<Line> lines = new ArrayList<>(main.charge().lines());
        for (Usage part : answer.beside()) {
            boolean own = part.quantities().keySet().stream().allMatch(price::bills);
            Optional<ModelPrice> row =
                    own ? Optional.of(price) : book.apply(Objects.requireNonNull(part.model()));
            String tier = own ? answer.usage().tier() : part.tier();
            Usage tiered = new Usage(part.model(), tier, part.quantities());
            Pricing priced = row.map(found -> price(found, tiered)).orElseGet(() -> unpriced(part));
            switch (priced) {
                case Pricing.Priced known -> lines.addAll(known.charge().lines());
                case Pricing.Unpriced unknown -> {
                    return unknown;
                }
            }
        }
        Charge charge = main.charge();
        return new Pricing.Priced(
                Charge.of(charge.tier(), charge.longContext(), Lines.joined(lines)));
    }

    private static Pricing unpriced(Usage part) {
        return new Pricing.Unpriced(part.quantities().keySet().iterator().next());
    }

    /**
     * Whether the price has rates for the tier that a request asks for. Without those of a premium
     * tier the cost of the call cannot be bounded, and without those of flex OpenAI does not offer
     * it: such a request is to be refused.
     *
     * @param requestedTier the {@code service_tier} of the request, null when it names none
     */
    public static boolean offers(ModelPrice price, @Nullable String requestedTier) {
        return Tier.served(requestedTier).filter(tier -> offers(price, tier)).isPresent();
    }

    private static boolean offers(ModelPrice price, Tier tier) {
        return switch (tier) {
            case STANDARD -> true;
            case BATCH, FLEX, PRIORITY, ULTRAFAST -> price.offers(tier);
            // A request asks for these by another member.
            case BACKGROUND_2H, BACKGROUND_8H -> false;
        };
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
