package dev.oaiproxy.server;

import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.price.ModelPrice;
import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.price.Pricer;
import dev.oaiproxy.server.price.Pricing;
import dev.oaiproxy.server.sandbox.Bill;
import dev.oaiproxy.server.usage.Unit;
import dev.oaiproxy.server.usage.Usage;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/** What the shipped price book makes of what the stand-in says it has done. */
final class Tariff {
    private static final PriceBook BOOK = PriceBook.load(Path.of("..", "config", "prices.yaml"));

    private Tariff() {}

    /** The cost of a call as the side that did the work has counted it. */
    static String cost(Bill.Entry entry) {
        ModelPrice price = BOOK.find(entry.model(), InstantSource.system().instant()).orElseThrow();
        return switch (Pricer.price(price, usage(entry))) {
            case Pricing.Priced priced -> priced.charge().cost().toString();
            case Pricing.Unpriced unpriced -> throw new AssertionError(unpriced.toString());
        };
    }

    /** The last call on the stand-in's bill. */
    static Bill.Entry last(Installation site) {
        return site.openAi().bill().entries().getLast();
    }

    static String minus(String usd, String less) {
        return Usd.parse(usd).minus(Usd.parse(less)).toString();
    }

    private static Usage usage(Bill.Entry entry) {
        Bill.Tokens tokens = entry.tokens();
        return new Usage(
                entry.model(),
                entry.tier(),
                Map.of(
                        Unit.INPUT,
                        (long) tokens.prompt() - tokens.cached() - tokens.cacheWrite(),
                        Unit.CACHED_INPUT,
                        (long) tokens.cached(),
                        Unit.CACHE_WRITE,
                        (long) tokens.cacheWrite(),
                        Unit.OUTPUT,
                        (long) tokens.completion()));
    }
}
