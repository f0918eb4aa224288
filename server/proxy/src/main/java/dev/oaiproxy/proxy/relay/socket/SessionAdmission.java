package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.picture.Pictures;
import dev.oaiproxy.proxy.quota.HoldAmount;
import dev.oaiproxy.proxy.quota.MeteredRequest;
import dev.oaiproxy.proxy.quota.Quota;
import dev.oaiproxy.proxy.quota.SimilarModels;
import dev.oaiproxy.proxy.relay.call.Settlement;
import dev.oaiproxy.proxy.relay.call.SettlementFactory;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.exchange.Remedy;
import dev.oaiproxy.proxy.relay.plan.ModelList;
import dev.oaiproxy.proxy.relay.plan.Plan;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Gets prices and holds for one session, on behalf of its key.
 *
 * @param prices the version of the price book for the whole session
 */
record SessionAdmission(
        Plan.WebSocket webSocket,
        Quota quota,
        SettlementFactory settlementFactory,
        PriceBook prices,
        InstantSource clock) {
    /**
     * The price of a model.
     *
     * @throws RefusedException when the key may not use the model, or it has no price
     */
    ModelPrice price(String model) {
        Instant now = clock.instant();
        if (!webSocket.key().allows(model)) {
            List<String> allowed =
                    new ModelList(prices, now).allowed(webSocket.key(), webSocket.meter());
            throw new RefusedException(new Refusal.ModelNotAllowed(model, allowed));
        }
        return prices.find(model, now)
                .orElseThrow(() -> new RefusedException(new Refusal.Unpriced(model)));
    }

    /**
     * An amount to hold for the work of a model. Its refusal names a cheaper model.
     *
     * @param cost the highest cost of the work with a model
     */
    HoldAmount amount(ModelPrice price, Function<ModelPrice, Breakdown> cost) {
        return new HoldAmount(cost.apply(price), free -> otherModel(price, cost, free));
    }

    private List<Remedy> otherModel(
            ModelPrice price, Function<ModelPrice, Breakdown> cost, Usd free) {
        return new SimilarModels(webSocket.key(), prices, clock.instant())
                        .nearest(
                                price,
                                other ->
                                        Optional.of(cost.apply(other).sum())
                                                .filter(usd -> usd.compareTo(free) <= 0))
                        .<Remedy>map(Remedy.OtherModel::new)
                        .stream()
                        .toList();
    }

    /**
     * Holds an amount.
     *
     * @throws RefusedException when the hold is not granted
     */
    Settlement hold(ModelPrice price, HoldAmount amount) {
        MeteredRequest request =
                new MeteredRequest(
                        webSocket.key(),
                        webSocket.operation().name(),
                        webSocket.meter(),
                        new MaxUsage(price, facts(price), Map.of()),
                        prices,
                        new byte[0],
                        null);
        return settlementFactory.open(
                request, quota.ask(request, amount).hold(), webSocket.lease());
    }

    /**
     * The largest amount that may be held in place of a refused hold. It leaves a part of the free
     * amount for other calls and for the growth of the session. Empty when the refusal is not about
     * money.
     */
    Optional<Usd> share(Refusal refused) {
        return switch (refused) {
            case Refusal.QuotaSpent spent -> Optional.of(share(spent.why()));
            case Refusal.QuotaHeld held -> Optional.of(share(held.why()));
            default -> Optional.empty();
        };
    }

    private Usd share(Admission.OverQuota why) {
        return Usd.ofNanos(Math.max(0, why.free().nanos()) / quota.policy().shareParts());
    }

    /** The lowest limit in tokens that is set on an output. */
    long floorTokens() {
        return quota.policy().floorTokens();
    }

    /** Facts of an empty request. The amount of the hold is computed separately. */
    private static RequestFacts facts(ModelPrice price) {
        return new RequestFacts(
                price.name(),
                new RequestFacts.Flow(true, true, false, null, null),
                new RequestFacts.Input(0, false, false, false, false, Pictures.NONE),
                new RequestFacts.Output(null, 1, null),
                null,
                RequestFacts.Tools.NONE,
                List.of(),
                null);
    }
}
