package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.Rate;
import dev.oaiproxy.metering.price.book.ServiceTier;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Applies a price to a usage, or to the most that a request can consume. All functions are pure.
 */
public final class Pricer {
    private Pricer() {}

    /**
     * The charge of a usage at the tier that it names. Beyond the long-context step, the dearer
     * rates apply to the whole call. A tier with an unknown name is charged at the model's dearest
     * tier.
     *
     * @throws ArithmeticException if the cost is out of range
     */
    public static PricingResult price(ModelPrice price, Usage usage) {
        Map<Unit, Long> billed = billed(price, usage);
        for (Unit unit : billed.keySet()) {
            if (price.rate(ServiceTier.STANDARD, unit).isEmpty()) {
                return new PricingResult.Unpriced(unit);
            }
        }
        Charge most = null;
        for (ServiceTier serviceTier : candidates(price, usage.tier())) {
            Charge charge = charge(price, serviceTier, usage, billed);
            most = most == null || charge.cost().compareTo(most.cost()) > 0 ? charge : most;
        }
        return new PricingResult.Priced(Objects.requireNonNull(most));
    }

    /**
     * The most that a call can cost, whatever its response states within the limits of the request.
     *
     * @throws ArithmeticException if it is out of range, as with an absurd output limit
     */
    public static Usd ceiling(MaxUsage maxUsage) {
        return Ceiling.of(maxUsage, ServiceTier.reachable(maxUsage.facts().serviceTier()));
    }

    /**
     * The parts of the most that a call can cost.
     *
     * @throws ArithmeticException if it is out of range
     */
    public static Breakdown breakdown(MaxUsage maxUsage) {
        return Ceiling.at(maxUsage, ServiceTier.reachable(maxUsage.facts().serviceTier())).parts();
    }

    /**
     * The parts of the most that a request can cost as a line of a batch, whatever tier it names.
     *
     * @throws ArithmeticException if it is out of range
     */
    public static Breakdown batchBreakdown(MaxUsage maxUsage) {
        return Ceiling.at(maxUsage, Set.of(ServiceTier.BATCH)).parts();
    }

    /**
     * The charge of a response, with all usage beside its model. The model's own rate for a tool's
     * unit takes precedence over the tool's rate, at the tier that served the response.
     *
     * @param book has the rows of the usages beside the model
     * @throws ArithmeticException if the cost is out of range
     */
    public static PricingResult price(
            ModelPrice price,
            UsageResult.Complete answer,
            Function<String, Optional<ModelPrice>> book) {
        PricingResult own = price(price, answer.usage());
        return answer.beside().isEmpty() || !(own instanceof PricingResult.Priced main)
                ? own
                : withBeside(price, answer, main.charge(), book);
    }

    private static PricingResult withBeside(
            ModelPrice price,
            UsageResult.Complete answer,
            Charge charge,
            Function<String, Optional<ModelPrice>> book) {
        List<PricedLine> lines = new ArrayList<>(charge.lines());
        for (Usage part : answer.beside()) {
            boolean own = part.quantities().keySet().stream().allMatch(price::bills);
            Optional<ModelPrice> row =
                    own ? Optional.of(price) : book.apply(Objects.requireNonNull(part.model()));
            String tier = own ? answer.usage().tier() : part.tier();
            Usage tiered = new Usage(part.model(), tier, part.quantities());
            PricingResult priced =
                    row.map(found -> price(found, tiered)).orElseGet(() -> unpriced(part));
            switch (priced) {
                case PricingResult.Priced known -> lines.addAll(known.charge().lines());
                case PricingResult.Unpriced unknown -> {
                    return unknown;
                }
            }
        }
        return new PricingResult.Priced(
                Charge.of(charge.tier(), charge.longContext(), PricedLines.joined(lines)));
    }

    private static PricingResult unpriced(Usage part) {
        return new PricingResult.Unpriced(part.quantities().keySet().iterator().next());
    }

    /**
     * True if the price has rates for the tier that a request asks for. Without the rates of a
     * premium tier the cost has no bound, and without those of flex OpenAI does not offer that
     * tier. The caller must refuse such a request.
     *
     * @param requestedTier the {@code service_tier} of the request, or null if it names none
     */
    public static boolean offers(ModelPrice price, @Nullable String requestedTier) {
        return ServiceTier.served(requestedTier)
                .filter(serviceTier -> offers(price, serviceTier))
                .isPresent();
    }

    private static boolean offers(ModelPrice price, ServiceTier serviceTier) {
        return switch (serviceTier) {
            case STANDARD -> true;
            case BATCH, FLEX, PRIORITY, ULTRAFAST -> price.offers(serviceTier);
            // A request asks for these tiers in another member.
            case BACKGROUND_2H, BACKGROUND_8H -> false;
        };
    }

    private static Set<ServiceTier> candidates(ModelPrice price, @Nullable String name) {
        return ServiceTier.served(name).map(Set::of).orElse(price.rates().tiers().keySet());
    }

    /** The usage, plus the one search of a search model, which no usage states. */
    private static Map<Unit, Long> billed(ModelPrice price, Usage usage) {
        EnumMap<Unit, Long> billed = new EnumMap<>(Unit.class);
        billed.putAll(usage.quantities());
        if (price.kind() == ModelKind.SEARCH_CHAT) {
            billed.putIfAbsent(Unit.WEB_SEARCH, 1L);
        }
        return billed;
    }

    private static Charge charge(
            ModelPrice price, ServiceTier serviceTier, Usage usage, Map<Unit, Long> billed) {
        boolean beyond = price.isLong(usage.inputTokens());
        List<PricedLine> lines = new ArrayList<>();
        billed.forEach(
                (unit, quantity) -> {
                    Optional<Rate> rate =
                            beyond
                                    ? price.rateBeyond(serviceTier, unit)
                                    : price.rate(serviceTier, unit);
                    lines.add(new PricedLine(unit, quantity, rate.orElseThrow()));
                });
        return Charge.of(serviceTier, beyond, lines);
    }
}
