package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.money.Unit;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Checks a new version of the price book against the one in force. A slip of the decimal point or a
 * truncated file must not reach a running server.
 *
 * @param largest the factor by which a rate may rise or fall
 */
record PriceChangeGuard(PriceBook inForce, PriceBook fresh, Instant at, int largest) {

    /** The reason not to trust the new version, or nothing. */
    Optional<String> objection() {
        long gone = inForce.names().stream().filter(name -> !fresh.names().contains(name)).count();
        if (gone * 2 > inForce.names().size()) {
            return Optional.of("%d of %d models are gone".formatted(gone, inForce.names().size()));
        }
        return inForce.names().stream().flatMap(name -> ofModel(name).stream()).findFirst();
    }

    private Optional<String> ofModel(String name) {
        Optional<ModelPrice> before = inForce.find(name, at);
        Optional<ModelPrice> after = fresh.find(name, at);
        if (before.isEmpty() || after.isEmpty()) {
            return Optional.empty();
        }
        LongContext oldStep = before.get().longContext();
        LongContext newStep = after.get().longContext();
        return ofCard(name, before.get().rates(), after.get().rates())
                .or(
                        () ->
                                oldStep == null || newStep == null
                                        ? Optional.empty()
                                        : ofCard(
                                                name + " in long contexts",
                                                oldStep.rates(),
                                                newStep.rates()));
    }

    private Optional<String> ofCard(String name, RateCard before, RateCard after) {
        for (ServiceTier tier : before.tiers().keySet()) {
            Map<Unit, Rate> rates = after.listed(tier);
            for (Map.Entry<Unit, Rate> old : before.listed(tier).entrySet()) {
                Unit unit = old.getKey();
                Rate rate = rates.getOrDefault(unit, old.getValue());
                if (isTooFar(old.getValue(), rate) || isTooFar(rate, old.getValue())) {
                    String what = name + ": " + tier.label() + " " + unit.label();
                    return Optional.of(complaint(what, unit, old.getValue(), rate));
                }
            }
        }
        return Optional.empty();
    }

    private String complaint(String what, Unit unit, Rate before, Rate after) {
        long per = Rate.per(unit);
        return "%s from %s to %s is more than %d times, the limit of prices.largest-jump"
                .formatted(what, before.usd(per), after.usd(per), largest);
    }

    private boolean isTooFar(Rate low, Rate high) {
        return BigInteger.valueOf(low.nanosPerMillion())
                        .multiply(BigInteger.valueOf(largest))
                        .compareTo(BigInteger.valueOf(high.nanosPerMillion()))
                < 0;
    }
}
