package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import org.jspecify.annotations.Nullable;

/**
 * A call that asks to be admitted.
 *
 * @param operation the operation as the ledger names it
 * @param demand what it can consume, at the prices of the moment of the call
 * @param prices the edition of the price book that they are from
 * @param body the request, for an exact count of its tokens should the cheap bound not fit
 * @param amount what it must hold, no more and no less, or null when that is the ceiling of the
 *     demand, or as much as can be paid of it
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
public record QuotaRequest(
        Key key,
        String operation,
        Meter meter,
        MaxUsage maxUsage,
        PriceBook prices,
        byte[] body,
        @Nullable FixedHold amount) {
    public RequestFacts facts() {
        return maxUsage.facts();
    }

    public ModelPrice price() {
        return maxUsage.price();
    }

    /** The version of the price book that its prices are from. */
    public String priceVersion() {
        return prices.version();
    }

    QuotaRequest with(RequestFacts fewer) {
        return new QuotaRequest(key, operation, meter, maxUsage.with(fewer), prices, body, amount);
    }

    QuotaRequest with(ModelPrice other) {
        return new QuotaRequest(key, operation, meter, maxUsage.at(other), prices, body, amount);
    }
}
