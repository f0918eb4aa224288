package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.price.Pricer;
import dev.oaiproxy.metering.price.PricingResult;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.quota.Hold;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns what an answer states into what it costs, at the price of the model that answered.
 *
 * @param prices the edition of the price book that holds for the call
 * @param asked the price of the model that was asked for, or null when there is none any more
 * @param at the moment of the call
 */
public record Costing(PriceBook prices, @Nullable ModelPrice asked, Instant at) {
    /** By the prices of now, for the moment of a call that was handed over. */
    static Costing of(PriceBook prices, PendingSettlements.Due due) {
        Instant at = due.task().call().madeAt();
        return new Costing(prices, prices.find(due.model(), at).orElse(null), at);
    }

    /** What came of it. */
    public sealed interface Outcome {
        record Known(Hold.Cost cost) implements Outcome {}

        /** What it costs if the model that was asked for answered; another was named. */
        record Doubtful(Hold.Cost cost, String why) implements Outcome {}

        /** There is no rate for it. */
        record Unknown(String why) implements Outcome {}
    }

    /** What an answer costs. */
    public Outcome of(UsageResult.Complete answer, int status) {
        Usage usage = answer.usage();
        Optional<ModelPrice> served =
                usage.model() == null ? Optional.ofNullable(asked) : prices.find(usage.model(), at);
        ModelPrice price = served.orElse(asked);
        if (price == null) {
            return new Outcome.Unknown("no price for the model that answered");
        }
        return switch (Pricer.price(price, answer, row -> prices.find(row, at))) {
            case PricingResult.Unpriced unpriced ->
                    new Outcome.Unknown("no rate for " + unpriced.unit().label());
            case PricingResult.Priced priced ->
                    served.isPresent()
                            ? new Outcome.Known(cost(priced, usage, price, status))
                            : doubtful(cost(priced, usage, price, status));
        };
    }

    /** The dearer of this and the hold is charged, so that another name makes no call cheaper. */
    private static Outcome doubtful(Hold.Cost cost) {
        String why = "no price for the model that answered";
        return new Outcome.Doubtful(cost.because(why), why);
    }

    private Hold.Cost cost(PricingResult.Priced priced, Usage usage, ModelPrice price, int status) {
        return new Hold.Cost(priced.charge(), usage, price.name(), prices.version(), status, null);
    }
}
