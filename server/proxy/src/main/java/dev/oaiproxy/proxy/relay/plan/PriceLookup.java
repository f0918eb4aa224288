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
import dev.oaiproxy.proxy.relay.owner.Ownership;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks up what a request can be billed at: its models must be the key's to use, and be priced.
 *
 * @param prices one edition of the price book serves all of a call
 */
record PriceLookup(Asker asker, Meter meter, PriceBook prices, Instant at) {
    /** How the rows of the price book begin that stand for no model. */
    static final Usd LARGEST_CEILING = Usd.parse("1000000");

    private static final String TOOL = "tool:";

    /** Who asks, and what tells whose a model is. */
    record Asker(Key key, Ownership ownership) {}

    /** What came of it. */
    sealed interface Outcome {
        record Priced(MaxUsage maxUsage) implements Outcome {}

        record Refused(Refusal why) implements Outcome {}
    }

    Outcome of(RequestFacts facts) {
        return objection(facts).<Outcome>map(Outcome.Refused::new).orElseGet(() -> priced(facts));
    }

    /** Why one of the models is not the key's to use. */
    Optional<Refusal> objection(RequestFacts facts) {
        return models(facts).map(this::objection).flatMap(Optional::stream).findFirst();
    }

    private Optional<Refusal> objection(String model) {
        if (!asker.key().allows(model)) {
            return Optional.of(
                    new Refusal.ModelNotAllowed(
                            model, AllowedModels.of(asker.key(), meter, prices, at)));
        }
        return asker.ownership().mayUse(asker.key(), model)
                ? Optional.empty()
                : Optional.of(
                        new Refusal.NoSuchObject(
                                new ObjectReference("model", ObjectKind.MODEL, model)));
    }

    private Outcome priced(RequestFacts facts) {
        return switch (MaxUsage.of(prices, facts, at)) {
            case MaxUsage.Lookup.Unpriced unpriced ->
                    new Outcome.Refused(new Refusal.Unpriced(unpriced.name()));
            case MaxUsage.Lookup.Found found -> served(found.maxUsage());
        };
    }

    /**
     * The models that a request can run, beside its own those that draw and write for it. What
     * stands for a tool is none, but for a tool that runs a model of OpenAI's choice: a key must
     * allow that, too.
     */
    private static Stream<String> models(RequestFacts facts) {
        Stream<String> own =
                Stream.of(FineTuning.model(facts.model())).filter(name -> !name.startsWith(TOOL));
        Stream<String> others =
                Stream.concat(facts.extras().stream(), facts.tools().reach().stream())
                        .flatMap(Surcharge::all)
                        .filter(Surcharge::isRun)
                        .map(Surcharge::row);
        return Stream.concat(own, others);
    }

    /** Whether the most that a call can cost is an amount of money at all. */
    static boolean isPayable(MaxUsage maxUsage) {
        try {
            return Pricer.ceiling(maxUsage).compareTo(LARGEST_CEILING) <= 0;
        } catch (ArithmeticException outOfRange) {
            return false;
        }
    }

    private Outcome served(MaxUsage maxUsage) {
        RequestFacts facts = maxUsage.facts();
        if (!meter.takes(maxUsage.price().kind())) {
            return new Outcome.Refused(new Refusal.Unpriced(facts.model()));
        }
        String tier = facts.serviceTier();
        if (tier != null && !Pricer.offers(maxUsage.price(), tier)) {
            return new Outcome.Refused(new Refusal.UnpricedTier(facts.model(), tier));
        }
        if (facts.tools().searchOptions() && maxUsage.price().kind() != ModelKind.SEARCH_CHAT) {
            return new Outcome.Refused(
                    new Refusal.Malformed(
                            "This proxy has no price for searches by " + facts.model() + ".",
                            "web_search_options"));
        }
        return new Outcome.Priced(maxUsage);
    }
}
