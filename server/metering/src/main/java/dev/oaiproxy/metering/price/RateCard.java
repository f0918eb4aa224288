package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.usage.Unit;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rates of one model by tier and unit, as listed, and what holds where nothing is listed.
 *
 * <p>Refuses at birth what could undercharge: a tier that names a unit which the standard tier has
 * not, and a premium tier that leaves out one which it has.
 *
 * @param tiers the listed rates; holds the standard tier
 */
public record RateCard(Map<Tier, Map<Unit, Rate>> tiers) {
    public RateCard {
        EnumMap<Tier, Map<Unit, Rate>> copy = new EnumMap<>(Tier.class);
        tiers.forEach((tier, rates) -> copy.put(tier, frozen(rates)));
        Map<Unit, Rate> standard = copy.get(Tier.STANDARD);
        if (standard == null) {
            throw new IllegalArgumentException("the standard tier is missing");
        }
        copy.forEach((tier, rates) -> check(tier, rates.keySet(), standard.keySet()));
        tiers = Collections.unmodifiableMap(copy);
    }

    /** The listed rates of the standard tier. */
    public Map<Unit, Rate> standard() {
        return listed(Tier.STANDARD);
    }

    /** The listed rates of a tier; empty when the model is not offered at it. */
    public Map<Unit, Rate> listed(Tier tier) {
        return tiers.getOrDefault(tier, Map.of());
    }

    /** The same rates, those of tokens that many times as high. */
    RateCard withTokensTimes(BigDecimal factor) {
        EnumMap<Tier, Map<Unit, Rate>> dearer = new EnumMap<>(tiers);
        dearer.replaceAll((tier, rates) -> withTokensTimes(factor, rates));
        return new RateCard(dearer);
    }

    private static Map<Unit, Rate> withTokensTimes(BigDecimal factor, Map<Unit, Rate> rates) {
        EnumMap<Unit, Rate> dearer = new EnumMap<>(rates);
        dearer.replaceAll(
                (unit, rate) -> unit.side() == Unit.Side.OTHER ? rate : rate.times(factor));
        return dearer;
    }

    /**
     * What a unit costs at a tier, never less than OpenAI charges:
     *
     * <ol>
     *   <li>the listed rate;
     *   <li>else, at a listed tier, the dearer of the tier's rate for the next plainer unit (OpenAI
     *       gives no discount there) and the standard rate of the unit itself;
     *   <li>else, at a tier that the model is not offered at, the dearest listed rate when it is a
     *       premium tier and the standard rate when it is not.
     * </ol>
     *
     * @return nothing when the unit has no rate, which must stop the call and never make it free
     */
    public Optional<Rate> rate(Tier tier, Unit unit) {
        if (tiers.containsKey(tier)) {
            return Optional.ofNullable(rateOfListed(tier, unit));
        }
        return tier.isPremium() ? dearest(unit) : rate(Tier.STANDARD, unit);
    }

    private Optional<Rate> dearest(Unit unit) {
        return tiers.keySet().stream()
                .flatMap(tier -> rate(tier, unit).stream())
                .max(Rate::compareTo);
    }

    private @Nullable Rate rateOfListed(Tier tier, Unit unit) {
        Rate own = listed(tier).get(unit);
        return own != null ? own : dearer(substitute(tier, unit), standard().get(unit));
    }

    /** The rate that a unit without one of its own falls under, by OpenAI's price page. */
    private @Nullable Rate substitute(Tier tier, Unit unit) {
        return switch (unit) {
            case CACHED_INPUT, CACHE_WRITE -> plain(tier, Unit.INPUT);
            case CACHE_WRITE_12H -> longCacheWrite(tier);
            case AUDIO_CACHED_INPUT -> plain(tier, Unit.AUDIO_INPUT);
            // Chat models bill the tokens of an image as those of text.
            case IMAGE_INPUT -> plain(tier, Unit.INPUT);
            case IMAGE_CACHED_INPUT -> cachedImage(tier);
            case INPUT, AUDIO_INPUT, OUTPUT, AUDIO_OUTPUT, IMAGE_OUTPUT -> null;
            case SECONDS, CHARACTERS, WEB_SEARCH, FILE_SEARCH -> null;
            case CONTAINER_MINUTES, STORAGE, TRAINING -> null;
        };
    }

    private @Nullable Rate longCacheWrite(Tier tier) {
        Rate write = plain(tier, Unit.CACHE_WRITE);
        return write == null ? plain(tier, Unit.INPUT) : write.doubled();
    }

    private @Nullable Rate cachedImage(Tier tier) {
        Rate image = plain(tier, Unit.IMAGE_INPUT);
        return image != null ? image : rateOfListed(tier, Unit.CACHED_INPUT);
    }

    private @Nullable Rate plain(Tier tier, Unit unit) {
        Rate own = listed(tier).get(unit);
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

    private static void check(Tier tier, Set<Unit> units, Set<Unit> standard) {
        requireSubset(units, standard, tier.label() + " names %s, standard not");
        if (tier.isPremium()) {
            requireSubset(standard, units, tier.label() + " lacks %s of standard");
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
