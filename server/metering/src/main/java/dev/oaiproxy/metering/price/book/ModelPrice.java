package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.money.Unit;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The price of one model during one period.
 *
 * @param name the name in the price book, which is the one to print
 * @param aliases the other names of the model during this period
 * @param longContext the step beyond which a call costs more, or null if there is none
 * @param sources the places where OpenAI publishes the figures
 */
public record ModelPrice(
        String name,
        List<String> aliases,
        ModelKind kind,
        ModelLimits limits,
        ValidityPeriod validity,
        RateCard rates,
        @Nullable LongContext longContext,
        List<String> sources) {
    public ModelPrice {
        aliases = List.copyOf(aliases);
        sources = List.copyOf(sources);
        kind.requireUnits(rates.standard().keySet());
        requireBound(rates, Unit.Side.INPUT, limits.inputTokens());
        requireBound(rates, Unit.Side.OUTPUT, limits.outputTokens());
        if (longContext != null) {
            // A unit that has a rate only below the step would be undercharged beyond it.
            RateCard dear = longContext.rates();
            rates.standard().keySet().forEach(unit -> require("long_context", dear, unit));
        }
    }

    public boolean offers(ServiceTier tier) {
        return rates.tiers().containsKey(tier);
    }

    /** The largest output of one choice; 0 if it is not billed by tokens. */
    public long mostOutput() {
        return limits.outputTokens();
    }

    /** True if the model has a rate of its own for a tool's unit. */
    public boolean bills(Unit unit) {
        return unit.side() == Unit.Side.OTHER && rates.standard().containsKey(unit);
    }

    /** True if an input of this many tokens, cached ones included, is beyond the step. */
    public boolean isLong(long inputTokens) {
        return longContext != null && inputTokens > longContext.aboveInputTokens();
    }

    /** The rate of a unit below the long-context step, if there is one. */
    public Optional<Rate> rate(ServiceTier tier, Unit unit) {
        return rates.rate(tier, unit);
    }

    /**
     * The rate of a unit beyond the long-context step, if there is one. If a tier is not offered
     * there, the dearer rate of both sides applies.
     */
    public Optional<Rate> rateBeyond(ServiceTier tier, Unit unit) {
        if (longContext == null) {
            return rates.rate(tier, unit);
        }
        RateCard dear = longContext.rates();
        if (dear.listed(tier).containsKey(unit)) {
            return dear.rate(tier, unit);
        }
        return Stream.of(dear, rates)
                .flatMap(card -> card.rate(tier, unit).stream())
                .max(Rate::compareTo);
    }

    /** Tokens without a bound would make a call without a ceiling. */
    private static void requireBound(RateCard card, Unit.Side side, long tokens) {
        if (tokens == 0 && card.standard().keySet().stream().anyMatch(u -> u.side() == side)) {
            throw new IllegalArgumentException(
                    "rates: nothing bounds the tokens of the "
                            + side.name().toLowerCase(Locale.ROOT));
        }
    }

    /** The same price with the rates of tokens multiplied by a factor. */
    ModelPrice withTokensTimes(BigDecimal factor) {
        LongContext dear =
                longContext == null
                        ? null
                        : new LongContext(
                                longContext.aboveInputTokens(),
                                longContext.rates().withTokensTimes(factor));
        RateCard card = rates.withTokensTimes(factor);
        return new ModelPrice(name, aliases, kind, limits, validity, card, dear, sources);
    }

    private static void require(String field, RateCard card, Unit unit) {
        if (!card.standard().containsKey(unit)) {
            throw new IllegalArgumentException(field + ": standard lacks " + unit.label());
        }
    }
}
