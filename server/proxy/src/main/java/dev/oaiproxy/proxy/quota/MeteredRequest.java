package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import org.jspecify.annotations.Nullable;

/**
 * A request that is metered, with the most that it can cost.
 *
 * @param operation the operation as the ledger names it
 * @param maxUsage the most that it can use, with the prices of its model
 * @param prices the version of the price book for the whole call
 * @param body the request, for an exact count of its tokens if the cheap bound does not fit
 * @param amount the fixed amount to hold, or null for the ceiling of {@code maxUsage}, clamped to
 *     what the quota covers
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes in transit, never compared.
public record MeteredRequest(
        Key key,
        String operation,
        Meter meter,
        MaxUsage maxUsage,
        PriceBook prices,
        byte[] body,
        @Nullable HoldAmount amount) {
    public RequestFacts facts() {
        return maxUsage.facts();
    }

    public ModelPrice price() {
        return maxUsage.price();
    }

    public String priceVersion() {
        return prices.version();
    }

    MeteredRequest with(RequestFacts fewer) {
        return new MeteredRequest(
                key, operation, meter, maxUsage.with(fewer), prices, body, amount);
    }

    MeteredRequest with(ModelPrice other) {
        return new MeteredRequest(key, operation, meter, maxUsage.at(other), prices, body, amount);
    }
}
