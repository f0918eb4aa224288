package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.proxy.quota.FixedHold;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.quota.QuotaRequest;
import dev.oaiproxy.proxy.quota.Remedy;
import dev.oaiproxy.proxy.quota.SimilarModels;
import dev.oaiproxy.proxy.relay.call.Settlement;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.plan.AllowedModels;
import dev.oaiproxy.proxy.relay.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Who pays for a conversation: asks for prices and holds on behalf of one key.
 *
 * @param prices the edition that all of the conversation is priced by
 */
record SessionAdmission(Plan.WebSocket webSocket, WebSocketRelay.Parts parts, PriceBook prices) {
    SessionAdmission(Plan.WebSocket webSocket, WebSocketRelay.Parts parts) {
        this(webSocket, parts, parts.prices().get());
    }

    /** The price of a model that the key may use. */
    sealed interface Quote {
        record Priced(ModelPrice price) implements Quote {}

        record Refused(Refusal why) implements Quote {}
    }

    /** What came of asking for a hold. */
    sealed interface Held {
        record Granted(Settlement settlement) implements Held {}

        record Denied(Refusal why) implements Held {}
    }

    Quote quote(String model) {
        if (!webSocket.key().allows(model)) {
            List<String> allowed =
                    AllowedModels.of(
                            webSocket.key(), webSocket.meter(), prices, parts.clock().instant());
            return new Quote.Refused(new Refusal.ModelNotAllowed(model, allowed));
        }
        Optional<ModelPrice> price = prices.find(model, parts.clock().instant());
        return price.<Quote>map(Quote.Priced::new)
                .orElseGet(() -> new Quote.Refused(new Refusal.Unpriced(model)));
    }

    /**
     * What something must hold that a model may do, and which other model would cost less.
     *
     * @param cost the most that it costs at a model
     */
    FixedHold amount(ModelPrice price, Function<ModelPrice, Breakdown> cost) {
        return new FixedHold(cost.apply(price), free -> otherModel(price, cost, free));
    }

    private List<Remedy> otherModel(
            ModelPrice price, Function<ModelPrice, Breakdown> cost, Usd free) {
        return new SimilarModels(webSocket.key(), prices, parts.clock().instant())
                        .nearest(
                                price,
                                other ->
                                        Optional.of(cost.apply(other).sum())
                                                .filter(usd -> usd.compareTo(free) <= 0))
                        .<Remedy>map(Remedy.OtherModel::new)
                        .stream()
                        .toList();
    }

    Held hold(ModelPrice price, FixedHold amount) {
        QuotaRequest request =
                new QuotaRequest(
                        webSocket.key(),
                        webSocket.operation().name(),
                        webSocket.meter(),
                        new MaxUsage(price, facts(price), Map.of()),
                        prices,
                        new byte[0],
                        null);
        return switch (parts.quota().ask(request, amount)) {
            case Grant.Granted granted ->
                    new Held.Granted(
                            parts.settlementFactory()
                                    .open(
                                            new Settlement.Call(
                                                    request, prices, granted.hold(), false),
                                            webSocket.lease()));
            case Grant denied -> new Held.Denied(new Refusal.NotGranted(denied));
        };
    }

    /**
     * What a hold may be at the most that was refused for money, when some is to be left for others
     * and for the conversation to grow; nothing where money was not what was missing.
     */
    Optional<Usd> share(Refusal refused) {
        return switch (refused) {
            case Refusal.NotGranted(Grant.Spent spent) -> Optional.of(share(spent.why()));
            case Refusal.NotGranted(Grant.Busy busy) -> Optional.of(share(busy.why()));
            default -> Optional.empty();
        };
    }

    private Usd share(Admission.OverQuota why) {
        return Usd.ofNanos(Math.max(0, why.free().nanos()) / parts.quota().policy().shareParts());
    }

    /** The fewest tokens that an output is limited to. */
    long floorTokens() {
        return parts.quota().policy().floorTokens();
    }

    /** As a request says it that says nothing: the amount of the hold is known by other means. */
    private static RequestFacts facts(ModelPrice price) {
        return new RequestFacts(
                price.name(),
                new RequestFacts.Flow(true, true, false, null),
                new RequestFacts.Input(0, false, false, false),
                new RequestFacts.Output(null, 1),
                null,
                RequestFacts.Tools.NONE,
                List.of(),
                null);
    }
}
