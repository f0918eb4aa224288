package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.Rate;
import dev.oaiproxy.metering.price.book.ServiceTier;
import dev.oaiproxy.metering.price.book.ToolTokens;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The upper bound of a call's cost: the most consumption at the dearest rates that it can reach.
 */
record Ceiling(MaxUsage maxUsage, TurnInputBound turnInputBound, Set<ServiceTier> tiers) {
    private static final List<Unit> UNITS = List.of(Unit.values());
    private static final Set<ServiceTier> STANDARD_ONLY = Set.of(ServiceTier.STANDARD);

    static Usd of(MaxUsage maxUsage, Set<ServiceTier> tiers) {
        Ceiling ceiling = at(maxUsage, tiers);
        return ceiling.hasFees() ? PricedLines.bound(ceiling.sum()) : ceiling.ofTokens();
    }

    static Ceiling at(MaxUsage maxUsage, Set<ServiceTier> tiers) {
        return new Ceiling(maxUsage, TurnInputBound.of(maxUsage), tiers);
    }

    /** The parts of the bound. They add up to the bound, which is rounded once. */
    Breakdown parts() {
        Usd input = PricedLines.bound(read());
        Usd tokens = PricedLines.bound(tokens());
        Usd all = PricedLines.bound(sum());
        long most = outputTokens() * maxUsage.facts().output().choices();
        return new Breakdown(
                input, turnInputBound.input(), tokens.minus(input), most, all.minus(tokens));
    }

    /** The bound without fees, by numbers that suffice for all but absurd requests. */
    private Usd ofTokens() {
        try {
            long again = turnInputBound.again();
            long fresh = Math.subtractExact(turnInputBound.input(), again);
            long input =
                    Math.addExact(
                            Math.multiplyExact(fresh, dearestNanos(this::maySpendOnInput)),
                            Math.multiplyExact(
                                    again, dearestNanos(unit -> unit == Unit.CACHED_INPUT)));
            long output = Math.multiplyExact(outputTokens(), dearestNanos(Ceiling::isOutput));
            long choices = maxUsage.facts().output().choices();
            return PricedLines.bound(Math.addExact(input, Math.multiplyExact(output, choices)));
        } catch (ArithmeticException large) {
            return PricedLines.bound(sum());
        }
    }

    /** The sum in millionths of a nano-dollar, the product of rates and quantities. */
    private BigInteger sum() {
        return tokens().add(fees());
    }

    private BigInteger tokens() {
        BigInteger choices = BigInteger.valueOf(maxUsage.facts().output().choices());
        return read().add(output().multiply(choices));
    }

    private BigInteger read() {
        BigInteger fresh = BigInteger.valueOf(turnInputBound.input() - turnInputBound.again());
        BigInteger again = BigInteger.valueOf(turnInputBound.again());
        return fresh.multiply(dearest(this::maySpendOnInput))
                .add(again.multiply(dearest(unit -> unit == Unit.CACHED_INPUT)));
    }

    private boolean hasFees() {
        return !maxUsage.facts().tools().reach().isEmpty()
                || !maxUsage.facts().extras().isEmpty()
                || maxUsage.price().kind() == ModelKind.SEARCH_CHAT;
    }

    private BigInteger fees() {
        if (!hasFees()) {
            return BigInteger.ZERO;
        }
        RequestFacts facts = maxUsage.facts();
        BigInteger choices = BigInteger.valueOf(facts.output().choices());
        BigInteger tools =
                facts.tools().reach().stream()
                        .map(tool -> extra(tool, maxUsage.toolTokens()))
                        .reduce(BigInteger.ZERO, BigInteger::max);
        return searches()
                .multiply(choices)
                .add(
                        facts.extras().stream()
                                .map(surcharge -> extra(surcharge, ToolTokens.NONE))
                                .reduce(BigInteger.ZERO, BigInteger::add))
                .add(BigInteger.valueOf(turnInputBound.count() - 1).multiply(tools));
    }

    private BigInteger output() {
        return BigInteger.valueOf(outputTokens()).multiply(dearest(Ceiling::isOutput));
    }

    private long outputTokens() {
        ModelPrice price = maxUsage.price();
        if (!price.kind().hasOutput()) {
            return 0;
        }
        Long asked = maxUsage.facts().output().maxTokens();
        long one = price.limits().outputTokens(maxUsage.facts().output().quality());
        // OpenAI refuses a limit below 1. The ceiling does not rely on that.
        long tokens =
                asked != null && asked > 0
                        ? asked
                        : Math.multiplyExact(one, turnInputBound.count());
        long made = Math.multiplyExact(price.limits().outputTokens(), turnInputBound.compactions());
        return Math.addExact(tokens, made);
    }

    private BigInteger searches() {
        return maxUsage.price().kind() == ModelKind.SEARCH_CHAT
                ? dearest(unit -> unit == Unit.WEB_SEARCH)
                : BigInteger.ZERO;
    }

    /**
     * The part of the cost that exceeds the tokens'. A response states either tokens or seconds, so
     * the dearer of the two is the bound for both.
     */
    private BigInteger beside(Surcharge.Units units, BigInteger cost) {
        boolean either = units.unit() == Unit.SECONDS && maxUsage.price().kind().hasOutput();
        return either ? cost.subtract(tokens()).max(BigInteger.ZERO) : cost;
    }

    /**
     * @param tokens the expected tokens of a run of another model, beside its own limits
     */
    private BigInteger extra(Surcharge surcharge, ToolTokens tokens) {
        return switch (surcharge) {
            case Surcharge.Units units -> {
                ModelPrice row = row(units);
                // The model's own rate for a tool's unit takes precedence over the tool's rate.
                Optional<Rate> own =
                        ServiceTier.reachable(maxUsage.facts().serviceTier()).stream()
                                .flatMap(tier -> rates(tier, units.unit()))
                                .max(Rate::compareTo);
                yield own.or(() -> row.rate(ServiceTier.STANDARD, units.unit()))
                        .map(rate -> beside(units, rate.of(units.most())))
                        .orElse(BigInteger.ZERO);
            }
            case Surcharge.Run run -> {
                ModelPrice row = row(run);
                long drawn = Math.multiplyExact(tokens.runOutput(row), run.pictures());
                BigInteger cost =
                        wholeRun(row, tokens.runInput(row), Math.addExact(drawn, run.moreOutput()));
                yield run.author() == null ? cost : cost.add(extra(run.author(), tokens));
            }
            case Surcharge.Author author -> {
                ModelPrice row = row(author);
                yield wholeRun(row, tokens.runInput(row), tokens.runOutput(row));
            }
            // The additional input and output of the model are part of its token bounds.
            case Surcharge.Tokens _, Surcharge.Compaction _ -> BigInteger.ZERO;
        };
    }

    private ModelPrice row(Surcharge surcharge) {
        return Objects.requireNonNull(maxUsage.rows().get(surcharge.row()), surcharge.row());
    }

    private static BigInteger wholeRun(ModelPrice model, long input, long output) {
        // No such request asks for the longer cache write.
        return dearest(model, u -> u.side() == Unit.Side.INPUT && u != Unit.CACHE_WRITE_12H)
                .multiply(BigInteger.valueOf(input))
                .add(dearest(model, Ceiling::isOutput).multiply(BigInteger.valueOf(output)));
    }

    private static BigInteger dearest(ModelPrice model, Predicate<Unit> units) {
        return BigInteger.valueOf(
                dearest(model, model.limits().inputTokens(), STANDARD_ONLY, units));
    }

    private static boolean isOutput(Unit unit) {
        return unit.side() == Unit.Side.OUTPUT;
    }

    private boolean maySpendOnInput(Unit unit) {
        return unit.side() == Unit.Side.INPUT
                && (unit != Unit.CACHE_WRITE_12H || maxUsage.facts().input().longCacheWrite());
    }

    /** The dearest rate of these units in nano-dollars per million; zero if none has a rate. */
    private BigInteger dearest(Predicate<Unit> units) {
        return BigInteger.valueOf(dearestNanos(units));
    }

    private long dearestNanos(Predicate<Unit> units) {
        return dearest(maxUsage.price(), turnInputBound.input(), tiers, units);
    }

    /**
     * The dearest rate of some units.
     *
     * @param input the most tokens of the input
     */
    private static long dearest(
            ModelPrice price, long input, Set<ServiceTier> tiers, Predicate<Unit> units) {
        long most = 0;
        for (Unit unit : UNITS) {
            if (units.test(unit)) {
                for (ServiceTier tier : tiers) {
                    most = Math.max(most, nanos(price, input, tier, unit));
                }
            }
        }
        return most;
    }

    /** The dearest rate of some units of a model, at standard tier and below any step. */
    static BigInteger standard(ModelPrice price, Predicate<Unit> units) {
        return BigInteger.valueOf(dearest(price, 0, STANDARD_ONLY, units));
    }

    private static long nanos(ModelPrice price, long input, ServiceTier tier, Unit unit) {
        long ordinary = nanos(price.rate(tier, unit));
        return price.isLong(input)
                ? Math.max(ordinary, nanos(price.rateBeyond(tier, unit)))
                : ordinary;
    }

    private static long nanos(Optional<Rate> rate) {
        return rate.isPresent() ? rate.get().nanosPerMillion() : 0;
    }

    /** The rates that apply to inputs of up to this many tokens. */
    private Stream<Rate> rates(ServiceTier tier, Unit unit) {
        ModelPrice price = maxUsage.price();
        Optional<Rate> ordinary = price.rate(tier, unit);
        return price.isLong(turnInputBound.input())
                ? Stream.of(ordinary, price.rateBeyond(tier, unit)).flatMap(Optional::stream)
                : ordinary.stream();
    }
}
