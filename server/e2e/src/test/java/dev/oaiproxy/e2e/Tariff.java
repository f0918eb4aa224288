package dev.oaiproxy.e2e;

import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.Charge;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.PricedLine;
import dev.oaiproxy.metering.price.Pricer;
import dev.oaiproxy.metering.price.PricingResult;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.RequestScanner;
import dev.oaiproxy.metering.request.ScanResult;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.sandbox.SandboxBill;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the shipped price book makes of what the stand-in says it has done. */
public final class Tariff {
    private static final PriceBook BOOK = PriceBook.load(Checkout.file("config/prices.yaml"));

    /** Sessions are charged whole; the stand-in bills the least time of one. */
    private static final long SESSION_MINUTES = 20;

    private static final long STAND_IN_MINUTES = 5;

    /** How often a response may use tools that does not say so. */
    private static final int TOOL_CALLS = 4;

    private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

    private Tariff() {}

    /** The cost of a call as the side that did the work has counted it; rounded once. */
    static String cost(SandboxBill.BillEntry entry) {
        return usd(entry).toString();
    }

    private static Usd usd(SandboxBill.BillEntry entry) {
        BigInteger millionths = BigInteger.ZERO;
        for (Charge charge : charges(entry)) {
            for (PricedLine line : charge.lines()) {
                millionths =
                        millionths.add(
                                BigInteger.valueOf(line.quantity())
                                        .multiply(
                                                BigInteger.valueOf(line.rate().nanosPerMillion())));
            }
        }
        BigInteger half = MILLION.shiftRight(1);
        return Usd.ofNanos(millionths.add(half).divide(MILLION).longValueExact());
    }

    /** What OpenAI takes for a bill, each call of which is rounded by itself. */
    public static Usd of(List<SandboxBill.BillEntry> bill) {
        return bill.stream().map(Tariff::usd).reduce(Usd.ZERO, Usd::plus);
    }

    /** The most that a request can cost, by what it asks for. */
    public static Usd ceiling(Meter meter, String body) {
        if (RequestScanner.scanJson(meter, body.getBytes(StandardCharsets.UTF_8))
                        instanceof ScanResult.Facts scan
                && MaxUsage.of(BOOK, limited(scan.facts()), InstantSource.system().instant())
                        instanceof MaxUsage.Lookup.Found found) {
            return Pricer.ceiling(found.maxUsage());
        }
        throw new AssertionError("not a request: " + body);
    }

    private static RequestFacts limited(RequestFacts facts) {
        boolean open = facts.tools().isHosted() && facts.tools().calls() == null;
        return open ? facts.withToolCalls(TOOL_CALLS) : facts;
    }

    /** How much of each unit a call has consumed, as its bill says. */
    static Map<String, Long> units(SandboxBill.BillEntry entry) {
        Map<String, Long> units = new TreeMap<>();
        charges(entry).stream()
                .flatMap(charge -> charge.lines().stream())
                .forEach(line -> units.merge(line.unit().label(), line.quantity(), Long::sum));
        return units;
    }

    /** The last call on the stand-in's bill. */
    static SandboxBill.BillEntry last(ServerFixture site) {
        return site.openAi().bill().entries().getLast();
    }

    static String minus(String usd, String less) {
        return Usd.parse(usd).minus(Usd.parse(less)).toString();
    }

    private static List<Charge> charges(SandboxBill.BillEntry entry) {
        List<Charge> charges = new ArrayList<>();
        Optional<ModelPrice> main = row(entry.model());
        main.ifPresent(price -> charges.add(charge(price, usage(entry))));
        for (SandboxBill.ExtraUsage extra : entry.extras()) {
            Unit unit = Unit.labelled(extra.unit());
            Usage part = new Usage(extra.model(), null, Map.of(unit, quantity(extra, unit)));
            // A model's own rate for what a tool does goes before the tool's.
            boolean own =
                    unit.side() == Unit.Side.OTHER
                            && main.isPresent()
                            && Pricer.price(main.get(), part) instanceof PricingResult.Priced;
            charges.add(charge(own ? main.get() : row(extra.model()).orElseThrow(), part));
        }
        return charges;
    }

    private static long quantity(SandboxBill.ExtraUsage extra, Unit unit) {
        return unit == Unit.CONTAINER_MINUTES
                ? extra.quantity() / STAND_IN_MINUTES * SESSION_MINUTES
                : extra.quantity();
    }

    private static Optional<ModelPrice> row(String name) {
        return BOOK.find(name, InstantSource.system().instant());
    }

    private static Charge charge(ModelPrice price, Usage usage) {
        return switch (Pricer.price(price, usage)) {
            case PricingResult.Priced priced -> priced.charge();
            case PricingResult.Unpriced unpriced -> throw new AssertionError(unpriced.toString());
        };
    }

    private static Usage usage(SandboxBill.BillEntry entry) {
        SandboxBill.TokenCounts tokens = entry.tokens();
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
