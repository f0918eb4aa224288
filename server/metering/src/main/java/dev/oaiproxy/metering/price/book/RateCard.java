package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.money.Unit;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rates of one model by tier and unit, as listed, and the rules for rates that are not listed.
 * The rate of each tier and unit is prepared once.
 */
public final class RateCard {
    private final Map<ServiceTier, Map<Unit, Rate>> tiers;

    private final Map<ServiceTier, Map<Unit, Optional<Rate>>> prepared =
            new EnumMap<>(ServiceTier.class);

    /**
     * Refuses rates that could undercharge: a tier with a unit that the standard tier lacks, and a
     * premium tier without a unit that the standard tier has.
     *
     * @param tiers the listed rates, always with the standard tier
     */
    public RateCard(Map<ServiceTier, Map<Unit, Rate>> tiers) {
        EnumMap<ServiceTier, Map<Unit, Rate>> copy = new EnumMap<>(ServiceTier.class);
        tiers.forEach((serviceTier, rates) -> copy.put(serviceTier, frozen(rates)));
        Map<Unit, Rate> standard = copy.get(ServiceTier.STANDARD);
        if (standard == null) {
            throw new IllegalArgumentException("the standard tier is missing");
        }
        copy.forEach((serviceTier, rates) -> check(serviceTier, rates.keySet(), standard.keySet()));
        this.tiers = Collections.unmodifiableMap(copy);
        for (ServiceTier serviceTier : ServiceTier.values()) {
            Map<Unit, Optional<Rate>> rates = new EnumMap<>(Unit.class);
            for (Unit unit : Unit.values()) {
                rates.put(unit, found(serviceTier, unit));
            }
            prepared.put(serviceTier, rates);
        }
    }

    /** The listed rates, always with the standard tier. */
    public Map<ServiceTier, Map<Unit, Rate>> tiers() {
        return tiers;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RateCard card && tiers.equals(card.tiers);
    }

    @Override
    public int hashCode() {
        return tiers.hashCode();
    }

    @Override
    public String toString() {
        return tiers.toString();
    }

    public Map<Unit, Rate> standard() {
        return listed(ServiceTier.STANDARD);
    }

    /** The listed rates of a tier; empty if the model is not offered at it. */
    public Map<Unit, Rate> listed(ServiceTier serviceTier) {
        return tiers.getOrDefault(serviceTier, Map.of());
    }

    /** The same rates with those of tokens multiplied by a factor. */
    RateCard withTokensTimes(BigDecimal factor) {
        EnumMap<ServiceTier, Map<Unit, Rate>> dearer = new EnumMap<>(tiers);
        dearer.replaceAll((serviceTier, rates) -> withTokensTimes(factor, rates));
        return new RateCard(dearer);
    }

    private static Map<Unit, Rate> withTokensTimes(BigDecimal factor, Map<Unit, Rate> rates) {
        EnumMap<Unit, Rate> dearer = new EnumMap<>(rates);
        dearer.replaceAll(
                (unit, rate) -> unit.side() == Unit.Side.OTHER ? rate : rate.times(factor));
        return dearer;
    }

    /**
     * The rate of a unit at a tier, which is never less than OpenAI's:
     *
     * <ol>
     *   <li>the listed rate;
     *   <li>else, at a listed tier, the dearer of the tier's rate for the next plainer unit (OpenAI
     *       gives no discount there) and the standard rate of the unit itself;
     *   <li>else, at a tier that the model is not offered at, the dearest listed rate if it is a
     *       premium tier, and the standard rate if it is not.
     * </ol>
     *
     * @return nothing if the unit has no rate, which must stop the call and never make it free
     */
    public Optional<Rate> rate(ServiceTier serviceTier, Unit unit) {
        Map<Unit, Optional<Rate>> rates = Objects.requireNonNull(prepared.get(serviceTier));
        return Objects.requireNonNull(rates.get(unit));
    }

    private Optional<Rate> found(ServiceTier serviceTier, Unit unit) {
        if (tiers.containsKey(serviceTier)) {
            return Optional.ofNullable(rateOfListed(serviceTier, unit));
        }
        return serviceTier.isPremium() ? dearest(unit) : found(ServiceTier.STANDARD, unit);
    }

    private Optional<Rate> dearest(Unit unit) {
        return tiers.keySet().stream()
                .flatMap(serviceTier -> found(serviceTier, unit).stream())
                .max(Rate::compareTo);
    }

    private @Nullable Rate rateOfListed(ServiceTier serviceTier, Unit unit) {
        Rate own = listed(serviceTier).get(unit);
        return own != null ? own : dearer(substitute(serviceTier, unit), standard().get(unit));
    }

    /** The rate that OpenAI's price page applies to a unit without a rate of its own. */
    private @Nullable Rate substitute(ServiceTier serviceTier, Unit unit) {
        return switch (unit) {
            case CACHED_INPUT, CACHE_WRITE -> plain(serviceTier, Unit.INPUT);
            case CACHE_WRITE_12H -> longCacheWrite(serviceTier);
            case AUDIO_CACHED_INPUT -> plain(serviceTier, Unit.AUDIO_INPUT);
            // Chat models bill the tokens of an image as those of text.
            case IMAGE_INPUT -> plain(serviceTier, Unit.INPUT);
            case IMAGE_CACHED_INPUT -> cachedImage(serviceTier);
            case INPUT, AUDIO_INPUT, OUTPUT, AUDIO_OUTPUT, IMAGE_OUTPUT -> null;
            case SECONDS, CHARACTERS, WEB_SEARCH, FILE_SEARCH -> null;
            case CONTAINER_MINUTES, STORAGE, TRAINING -> null;
        };
    }

    private @Nullable Rate longCacheWrite(ServiceTier serviceTier) {
        Rate write = plain(serviceTier, Unit.CACHE_WRITE);
        return write == null ? plain(serviceTier, Unit.INPUT) : write.doubled();
    }

    private @Nullable Rate cachedImage(ServiceTier serviceTier) {
        Rate image = plain(serviceTier, Unit.IMAGE_INPUT);
        return image != null ? image : rateOfListed(serviceTier, Unit.CACHED_INPUT);
    }

    private @Nullable Rate plain(ServiceTier serviceTier, Unit unit) {
        Rate own = listed(serviceTier).get(unit);
        return own != null ? own : standard().get(unit);
    }

    private static @Nullable Rate dearer(@Nullable Rate one, @Nullable Rate other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Map<Unit, Rate> frozen(Map<Unit, Rate> rates) {
        EnumMap<Unit, Rate> copy = new EnumMap<>(Unit.class);
        copy.putAll(rates);
        return Collections.unmodifiableMap(copy);
    }

    private static void check(ServiceTier serviceTier, Set<Unit> units, Set<Unit> standard) {
        requireSubset(units, standard, serviceTier.label() + " names %s, standard not");
        if (serviceTier.isPremium()) {
            requireSubset(standard, units, serviceTier.label() + " lacks %s of standard");
        }
    }

    private static void requireSubset(Set<Unit> part, Set<Unit> whole, String complaint) {
        for (Unit unit : part) {
            if (!whole.contains(unit)) {
                throw new IllegalArgumentException(complaint.formatted(unit.label()));
            }
        }
    }
}
