package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.Pricer;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.facts.FineTuning;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.owner.Ownership;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * Looks up the prices of a request, whose models the key must be allowed to use.
 *
 * @param prices the version of the price book for the whole call
 */
record PriceLookup(Key key, Ownership ownership, Meter meter, PriceBook prices, Instant at) {
    static final Usd LARGEST_CEILING = Usd.parse("1000000");

    /** The prefix of the price book's rows that are not models. */
    private static final String TOOL = "tool:";

    /** Refuses models that the key may not use. */
    void requireModels(RequestFacts facts) {
        String own = FineTuning.model(facts.model());
        if (!own.startsWith(TOOL)) {
            requireModel(own);
        }
        if (!facts.extras().isEmpty() || !facts.tools().reach().isEmpty()) {
            others(facts).forEach(this::requireModel);
        }
    }

    private void requireModel(String model) {
        if (!key.allows(model)) {
            throw new RefusedException(
                    new Refusal.ModelNotAllowed(
                            model, new ModelList(prices, at).allowed(key, meter)));
        }
        if (!ownership.mayUse(key, model)) {
            throw new RefusedException(
                    new Refusal.NoSuchObject(
                            new ObjectReference("model", ObjectKind.MODEL, model)));
        }
    }

    /** The most that a request can use, at its prices; refuses a request without a price. */
    MaxUsage maxUsage(RequestFacts facts) {
        return switch (MaxUsage.of(prices, facts, at)) {
            case MaxUsage.Lookup.NoPrice unpriced ->
                    throw new RefusedException(new Refusal.Unpriced(unpriced.name()));
            case MaxUsage.Lookup.Found found -> served(found.maxUsage());
        };
    }

    /**
     * The models that the tools of a request run. Rows of the price book for tools are not models,
     * except a tool that runs a model of OpenAI's choice: the key must allow that row, too.
     */
    private static Stream<String> others(RequestFacts facts) {
        return Stream.concat(facts.extras().stream(), facts.tools().reach().stream())
                .flatMap(Surcharge::all)
                .filter(Surcharge::isRun)
                .map(Surcharge::row);
    }

    /** False when the ceiling exceeds the largest amount that can be held. */
    static boolean isPayable(MaxUsage maxUsage) {
        try {
            return Pricer.ceiling(maxUsage).compareTo(LARGEST_CEILING) <= 0;
        } catch (ArithmeticException outOfRange) {
            return false;
        }
    }

    private MaxUsage served(MaxUsage maxUsage) {
        RequestFacts facts = maxUsage.facts();
        if (!meter.takes(maxUsage.price().kind())) {
            throw new RefusedException(new Refusal.Unpriced(facts.model()));
        }
        String tier = facts.serviceTier();
        if (tier != null && !Pricer.offers(maxUsage.price(), tier)) {
            throw new RefusedException(new Refusal.UnpricedTier(facts.model(), tier));
        }
        if (facts.tools().searchOptions() && maxUsage.price().kind() != ModelKind.SEARCH_CHAT) {
            throw RefusedException.malformed(
                    "This proxy has no price for searches by " + facts.model() + ".",
                    "web_search_options");
        }
        return maxUsage;
    }
}
