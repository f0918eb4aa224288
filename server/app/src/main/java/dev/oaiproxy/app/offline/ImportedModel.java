package dev.oaiproxy.app.offline;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelLimits;
import java.util.List;

/**
 * A model of another price list.
 *
 * @param kind the kind that the list suggests
 * @param limits the limits that the list knows
 * @param rates its rates by term, newest first
 */
record ImportedModel(
        String name,
        List<String> aliases,
        ModelKind kind,
        ModelLimits limits,
        List<ImportedRates> rates) {

    /** True when the model is billed by tokens, which a limit must bound. */
    boolean hasTokens() {
        return rates.stream()
                .flatMap(rates -> rates.standard().keySet().stream())
                .anyMatch(unit -> unit.side() != Unit.Side.OTHER);
    }
}
