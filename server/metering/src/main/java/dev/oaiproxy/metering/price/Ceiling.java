package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.catalogue.Extra;
import dev.oaiproxy.metering.catalogue.RequestFacts;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.usage.Unit;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The upper bound of a call's cost: the most it can consume at the dearest rates it can reach. */
record Ceiling(Demand demand, Turns turns, Set<Tier> tiers) {

    /**
     * @param tiers those that it may be served at
     */
    static Usd of(Demand demand, Set<Tier> tiers) {
        return Lines.bound(at(demand, tiers).sum());
    }

    static Ceiling at(Demand demand, Set<Tier> tiers) {
        return new Ceiling(demand, Turns.of(demand), tiers);
    }

    /** What the bound is made of; the parts add up to the one rounded sum. */
    Breakdown parts() {
        Usd input = Lines.bound(read());
        Usd tokens = Lines.bound(tokens());
        Usd all = Lines.bound(sum());
        long most = outputTokens() * demand.facts().output().choices();
        return new Breakdown(input, turns.input(), tokens.minus(input), most, all.minus(tokens));
    }

    /** Sums are in millionths of a nano-dollar, as rates times quantities are. */
    private BigInteger sum() {
        return tokens().add(fees());
    }

    private BigInteger tokens() {
        BigInteger choices = BigInteger.valueOf(demand.facts().output().choices());
        return read().add(output().multiply(choices));
    }

    private BigInteger read() {
        BigInteger fresh = BigInteger.valueOf(turns.input() - turns.again());
        BigInteger again = BigInteger.valueOf(turns.again());
        return fresh.multiply(dearest(this::maySpendOnInput))
                .add(again.multiply(dearest(unit -> unit == Unit.CACHED_INPUT)));
    }

    private BigInteger fees() {
        RequestFacts facts = demand.facts();
        BigInteger choices = BigInteger.valueOf(facts.output().choices());
        BigInteger tools =
                facts.tools().reach().stream()
                        .map(tool -> extra(tool, demand.toolTokens()))
                        .reduce(BigInteger.ZERO, BigInteger::max);
        return searches()
                .multiply(choices)
                .add(
                        facts.extras().stream()
                                .map(extra -> extra(extra, ToolTokens.NONE))
                                .reduce(BigInteger.ZERO, BigInteger::add))
                .add(BigInteger.valueOf(turns.count() - 1).multiply(tools));
    }

    private BigInteger output() {
        return BigInteger.valueOf(outputTokens()).multiply(dearest(Ceiling::isOutput));
    }

    private long outputTokens() {
        ModelPrice price = demand.price();
        if (!price.kind().hasOutput()) {
            return 0;
        }
        Long asked = demand.facts().output().maxTokens();
        long one = price.limits().outputTokens(demand.facts().output().quality());
        // OpenAI refuses a limit below 1; what it would do with one is not relied on.
        long tokens = asked != null && asked > 0 ? asked : Math.multiplyExact(one, turns.count());
        long made = Math.multiplyExact(price.limits().outputTokens(), turns.compactions());
        return Math.addExact(tokens, made);
    }

    private BigInteger searches() {
        return demand.price().kind() == Kind.SEARCH_CHAT
                ? dearest(unit -> unit == Unit.WEB_SEARCH)
                : BigInteger.ZERO;
    }

    /** Of tokens and of seconds an answer states one, so the dearer bounds both. */
    private BigInteger beside(Extra.Units units, BigInteger cost) {
        boolean either = units.unit() == Unit.SECONDS && demand.price().kind().hasOutput();
        return either ? cost.subtract(tokens()).max(BigInteger.ZERO) : cost;
    }

    /**
     * @param tokens what is known of a run of another model beside its own limits
     */
    private BigInteger extra(Extra extra, ToolTokens tokens) {
        return switch (extra) {
            case Extra.Units units -> {
                ModelPrice row = row(units);
                // A model's own rate for what a tool does goes before the tool's.
                Optional<Rate> own =
                        Tier.reachable(demand.facts().serviceTier()).stream()
                                .flatMap(tier -> rates(tier, units.unit()))
                                .max(Rate::compareTo);
                yield own.or(() -> row.rate(Tier.STANDARD, false, units.unit()))
                        .map(rate -> beside(units, rate.of(units.most())))
                        .orElse(BigInteger.ZERO);
            }
            case Extra.Run run -> {
                ModelPrice row = row(run);
                long drawn = Math.multiplyExact(tokens.runOutput(row), run.pictures());
                BigInteger cost =
                        wholeRun(row, tokens.runInput(row), Math.addExact(drawn, run.moreOutput()));
                yield run.author() == null ? cost : cost.add(extra(run.author(), tokens));
            }
            case Extra.Author author -> {
                ModelPrice row = row(author);
                yield wholeRun(row, tokens.runInput(row), tokens.runOutput(row));
            }
            // What the model reads and writes more is in the bounds of its tokens.
            case Extra.Tokens _, Extra.Compaction _ -> BigInteger.ZERO;
        };
    }

    private ModelPrice row(Extra extra) {
        return Objects.requireNonNull(demand.rows().get(extra.row()), extra.row());
    }

    private static BigInteger wholeRun(ModelPrice model, long input, long output) {
        // No such request asks for the longer write to the cache.
        return dearest(model, u -> u.side() == Unit.Side.INPUT && u != Unit.CACHE_WRITE_12H)
                .multiply(BigInteger.valueOf(input))
                .add(dearest(model, Ceiling::isOutput).multiply(BigInteger.valueOf(output)));
    }

    private static BigInteger dearest(ModelPrice model, Predicate<Unit> units) {
        boolean beyond = model.isLong(model.limits().inputTokens());
        return most(
                units,
                unit ->
                        Stream.of(false, beyond)
                                .flatMap(far -> model.rate(Tier.STANDARD, far, unit).stream()));
    }

    private static boolean isOutput(Unit unit) {
        return unit.side() == Unit.Side.OUTPUT;
    }

    private boolean maySpendOnInput(Unit unit) {
        return unit.side() == Unit.Side.INPUT
                && (unit != Unit.CACHE_WRITE_12H || demand.facts().input().longCacheWrite());
    }

    /** The dearest rate, in nano-dollars per million, of such units; zero when none has a rate. */
    private BigInteger dearest(Predicate<Unit> units) {
        return most(units, unit -> tiers.stream().flatMap(tier -> rates(tier, unit)));
    }

    private static BigInteger most(Predicate<Unit> units, Function<Unit, Stream<Rate>> rates) {
        return Arrays.stream(Unit.values())
                .filter(units)
                .flatMap(rates)
                .max(Rate::compareTo)
                .map(rate -> BigInteger.valueOf(rate.nanosPerMillion()))
                .orElse(BigInteger.ZERO);
    }

    private Stream<Rate> rates(Tier tier, Unit unit) {
        ModelPrice price = demand.price();
        Optional<Rate> ordinary = price.rate(tier, false, unit);
        return price.isLong(turns.input())
                ? Stream.of(ordinary, price.rate(tier, true, unit)).flatMap(Optional::stream)
                : ordinary.stream();
    }
}
