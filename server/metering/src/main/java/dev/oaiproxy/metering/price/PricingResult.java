package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Unit;

/** The outcome of pricing a usage. */
public sealed interface PricingResult {
    /** Every unit has a rate. */
    record Priced(Charge charge) implements PricingResult {}

    /** The model has no rate for a consumed unit. The unit must not be taken for free. */
    record Unpriced(Unit unit) implements PricingResult {}
}
