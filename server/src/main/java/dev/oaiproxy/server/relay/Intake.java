package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.catalogue.Catalogue;
import dev.oaiproxy.server.catalogue.Match;
import dev.oaiproxy.server.catalogue.Meter;
import dev.oaiproxy.server.catalogue.Operation;
import dev.oaiproxy.server.catalogue.RequestFacts;
import dev.oaiproxy.server.catalogue.RequestScanner;
import dev.oaiproxy.server.catalogue.Scan;
import dev.oaiproxy.server.key.Caller;
import dev.oaiproxy.server.key.Key;
import dev.oaiproxy.server.key.KeyRing;
import dev.oaiproxy.server.key.Redaction;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.price.Kind;
import dev.oaiproxy.server.price.ModelPrice;
import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.price.Pricer;
import dev.oaiproxy.server.quota.Grant;
import dev.oaiproxy.server.quota.Order;
import dev.oaiproxy.server.store.StoreException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** The first questions: who asks, for what, and what it is priced at. */
public final class Intake {
    private static final Usd LARGEST_CEILING = Usd.parse("1000000");

    private final Catalogue catalogue;
    private final KeyRing keys;
    private final Supplier<PriceBook> prices;
    private final InstantSource clock;

    public Intake(
            Catalogue catalogue, KeyRing keys, Supplier<PriceBook> prices, InstantSource clock) {
        this.catalogue = catalogue;
        this.keys = keys;
        this.prices = prices;
        this.clock = clock;
    }

    /** The key comes first: a stranger learns nothing about paths, models or prices. */
    Plan plan(Ask ask) {
        try {
            return plan(ask, keys.identify(ask.key()));
        } catch (StoreException unreadable) {
            return refuse(new Refusal.NotGranted(new Grant.Unavailable("no key can be read")));
        }
    }

    private Plan plan(Ask ask, Caller caller) {
        return switch (caller) {
            case Caller.Known known -> operation(ask, known.key());
            case Caller.Unknown _ -> refuse(new Refusal.UnknownKey(ask.key() != null));
            case Caller.Revoked revoked -> refuse(new Refusal.RevokedKey(revoked.id()));
            case Caller.Expired expired -> refuse(new Refusal.ExpiredKey(expired.id()));
        };
    }

    private Plan operation(Ask ask, Key key) {
        // What is not an operation's name in a path goes to OpenAI, and so do mistyped keys.
        if (Redaction.isNeeded(ask.path())) {
            return refuse(new Refusal.UnknownPath());
        }
        return switch (catalogue.match(ask.method(), ask.path())) {
            case Match.Found found -> treat(ask, key, found.operation());
            case Match.WrongMethod wrong -> refuse(new Refusal.WrongMethod(wrong.allowed()));
            case Match.Unknown _ -> refuse(new Refusal.UnknownPath());
        };
    }

    private Plan treat(Ask ask, Key key, Operation operation) {
        return switch (operation.treatment()) {
            case Operation.Refused refused -> refuse(new Refusal.Forbidden(refused.why()));
            case Operation.Free _ ->
                    ask.body().get().<Plan>map(Plan.Free::new).orElseGet(Intake::tooLarge);
            case Operation.Metered metered ->
                    ask.body()
                            .get()
                            .map(body -> scan(new Draft(key, operation, metered.meter(), body)))
                            .orElseGet(Intake::tooLarge);
        };
    }

    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    private record Draft(Key key, Operation operation, Meter meter, byte[] body) {}

    private Plan scan(Draft draft) {
        return switch (RequestScanner.scan(draft.body())) {
            case Scan.Malformed bad -> refuse(new Refusal.Malformed(bad.message(), bad.param()));
            case Scan.Facts scanned -> price(draft, scanned.facts());
        };
    }

    private Plan price(Draft draft, RequestFacts facts) {
        if (!draft.key().allows(facts.model())) {
            return refuse(new Refusal.ModelNotAllowed(facts.model()));
        }
        PriceBook book = prices.get();
        Optional<ModelPrice> price = book.find(facts.model(), clock.instant());
        if (price.isEmpty()) {
            return refuse(new Refusal.Unpriced(facts.model()));
        }
        String tier = facts.serviceTier();
        if (tier != null && !Pricer.offers(price.get(), tier)) {
            return refuse(new Refusal.UnpricedTier(facts.model(), tier));
        }
        if (facts.webSearch() && price.get().kind() != Kind.SEARCH_CHAT) {
            return refuse(
                    new Refusal.Malformed(
                            "This proxy has no price for searches by " + facts.model() + ".",
                            "web_search_options"));
        }
        if (!isPayable(price.get(), facts)) {
            return refuse(new Refusal.Malformed("The limits asked for are too large.", null));
        }
        return new Plan.Metered(
                draft.meter(),
                new Order(
                        draft.key(),
                        draft.operation().name(),
                        facts,
                        price.get(),
                        book.version(),
                        draft.body()),
                book);
    }

    /** Whether the most that the call can cost is an amount of money at all. */
    private static boolean isPayable(ModelPrice price, RequestFacts facts) {
        try {
            Usd ceiling = Pricer.ceiling(price, facts);
            return ceiling.compareTo(LARGEST_CEILING) <= 0;
        } catch (ArithmeticException outOfRange) {
            return false;
        }
    }

    private static Plan refuse(Refusal why) {
        return new Plan.Refuse(why);
    }

    private static Plan tooLarge() {
        return refuse(new Refusal.TooLarge());
    }
}
