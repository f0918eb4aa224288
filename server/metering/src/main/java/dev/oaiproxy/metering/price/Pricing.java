package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.usage.Unit;

/** The outcome of pricing a usage. */
public sealed interface Pricing {
    /** Every unit has a rate. */
    record Priced(Charge charge) implements Pricing {}

    /** The model has no rate for a unit that was consumed; it must not be taken for free. */
    record Unpriced(Unit unit) implements Pricing {}
}
