package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.price.Pricer;
import dev.oaiproxy.metering.price.PricingResult;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prices the usage of a response at the model that answered.
 *
 * @param prices the price book version that applies to the call
 * @param asked the price of the requested model, or null when there is none any more
 * @param at the time of the call
 */
public record Costing(PriceBook prices, @Nullable ModelPrice asked, Instant at) {
    /** Prices a deferred call by the current price book, at the time of the call. */
    public static Costing of(PriceBook prices, PendingSettlements.Due due) {
        Instant at = due.task().call().madeAt();
        return new Costing(prices, prices.find(due.model(), at).orElse(null), at);
    }

    public sealed interface CostResult {
        record Known(Hold.Cost cost) implements CostResult {}

        /**
         * The cost at the price of the requested model, because the response names a model without
         * a price.
         */
        record Doubtful(Hold.Cost cost, String why) implements CostResult {}

        /** There is no rate for the usage. */
        record Unpriceable(String why) implements CostResult {}
    }

    public CostResult of(UsageResult.Complete answer, int status) {
        Usage usage = answer.usage();
        Optional<ModelPrice> served =
                usage.model() == null ? Optional.ofNullable(asked) : prices.find(usage.model(), at);
        ModelPrice price = served.orElse(asked);
        if (price == null) {
            return new CostResult.Unpriceable("no price for the model that OpenAI used");
        }
        return switch (Pricer.price(price, answer, row -> prices.find(row, at))) {
            case PricingResult.Unpriced unpriced ->
                    new CostResult.Unpriceable("no rate for " + unpriced.unit().label());
            case PricingResult.Priced priced ->
                    served.isPresent()
                            ? new CostResult.Known(cost(priced, usage, price, status))
                            : doubtful(cost(priced, usage, price, status));
        };
    }

    /**
     * A doubtful cost. The larger of it and the hold is charged, so that no other model name makes
     * a call cheaper.
     */
    private static CostResult doubtful(Hold.Cost cost) {
        String why = "no price for the model that OpenAI used";
        return new CostResult.Doubtful(cost.because(why), why);
    }

    private Hold.Cost cost(PricingResult.Priced priced, Usage usage, ModelPrice price, int status) {
        return new Hold.Cost(priced.charge(), usage, price.name(), prices.version(), status, null);
    }
}
