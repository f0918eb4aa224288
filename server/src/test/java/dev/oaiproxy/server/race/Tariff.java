package dev.oaiproxy.server.race;

import dev.oaiproxy.server.catalogue.Meter;
import dev.oaiproxy.server.catalogue.RequestScanner;
import dev.oaiproxy.server.catalogue.Scan;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.price.Demand;
import dev.oaiproxy.server.price.ModelPrice;
import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.price.Pricer;
import dev.oaiproxy.server.price.Pricing;
import dev.oaiproxy.server.sandbox.Bill;
import dev.oaiproxy.server.usage.Unit;
import dev.oaiproxy.server.usage.Usage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Prices by the price book what the ledger must come to by itself. */
public final class Tariff {
    private final PriceBook prices = PriceBook.load(Path.of("../config/prices.yaml"));

    /** What OpenAI takes for a bill. */
    public Usd of(List<Bill.Entry> bill) {
        return bill.stream().map(this::of).reduce(Usd.ZERO, Usd::plus);
    }

    private Usd of(Bill.Entry entry) {
        Bill.Tokens tokens = entry.tokens();
        Map<Unit, Long> quantities =
                Map.of(
                        Unit.INPUT, (long) tokens.prompt() - tokens.cached(),
                        Unit.CACHED_INPUT, (long) tokens.cached(),
                        Unit.OUTPUT, (long) tokens.completion());
        Usage usage = new Usage(entry.model(), entry.tier(), quantities);
        if (Pricer.price(price(entry.model()), usage) instanceof Pricing.Priced priced) {
            return priced.charge().cost();
        }
        throw new AssertionError("no price: " + entry);
    }

    /** The most that a request can cost, by the size of its body. */
    Usd ceiling(String model, String body) {
        if (RequestScanner.scanJson(Meter.CHAT, body.getBytes(StandardCharsets.UTF_8))
                instanceof Scan.Facts scan) {
            return Pricer.ceiling(new Demand(price(model), scan.facts(), Map.of()));
        }
        throw new AssertionError("not a request: " + body);
    }

    private ModelPrice price(String model) {
        return prices.find(model, Instant.now()).orElseThrow();
    }
}
