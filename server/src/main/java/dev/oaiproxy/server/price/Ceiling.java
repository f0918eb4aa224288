package dev.oaiproxy.server.price;

import dev.oaiproxy.server.catalogue.Extra;
import dev.oaiproxy.server.catalogue.RequestFacts;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.usage.Unit;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The upper bound of a call's cost: the most it can consume at the dearest rates it can reach. */
record Ceiling(Demand demand, long inputTokens, Set<Tier> tiers) {

    /**
     * @param tiers those that it may be served at
     */
    static Usd of(Demand demand, Set<Tier> tiers) {
        return at(demand, tiers).parts().sum();
    }

    static Ceiling at(Demand demand, Set<Tier> tiers) {
        return new Ceiling(demand, inputBound(demand.price(), demand.facts()), tiers);
    }

    /** What the bound is made of; the parts add up to the one rounded sum. */
    Breakdown parts() {
        BigInteger choices = BigInteger.valueOf(demand.facts().output().choices());
        BigInteger read = BigInteger.valueOf(inputTokens).multiply(dearest(this::maySpendOnInput));
        BigInteger written = read.add(output().multiply(choices));
        Usd input = Lines.bound(read);
        Usd tokens = Lines.bound(written);
        Usd all = Lines.bound(written.add(fees(choices)));
        long most = outputTokens() * demand.facts().output().choices();
        return new Breakdown(input, inputTokens, tokens.minus(input), most, all.minus(tokens));
    }

    /** Sums are in millionths of a nano-dollar, as rates times quantities are. */
    private BigInteger fees(BigInteger choices) {
        RequestFacts facts = demand.facts();
        return searches()
                .multiply(choices)
                .add(extras(facts.extras(), BigInteger::add))
                .add(
                        BigInteger.valueOf(toolCalls(facts))
                                .multiply(extras(facts.tools().reach(), BigInteger::max)));
    }

    /**
     * A token is at least one byte of the body. OpenAI refuses an input that is larger than the
     * model takes, so that bounds it too, but for requests with several inputs, of which each may
     * be that large. A search model reads pages that the body does not hold, and with what a tool
     * found the model is called again.
     */
    private static long inputBound(ModelPrice price, RequestFacts facts) {
        long again = Math.multiplyExact(price.limits().inputTokens(), compactions(facts));
        return Math.addExact(inputRead(price, facts), again);
    }

    /** Before each turn of the model, what it is to read may be made shorter by another one. */
    private static long compactions(RequestFacts facts) {
        boolean compacts = facts.extras().stream().anyMatch(Extra.Tokens.class::isInstance);
        return compacts ? 1 + toolCalls(facts) : 0;
    }

    private static long inputRead(ModelPrice price, RequestFacts facts) {
        InputBound input = InputBound.of(price, facts.input());
        long bytes = input.tokens();
        long largest = price.limits().inputTokens();
        boolean bounded = input.bounded() && price.kind() != Kind.SEARCH_CHAT;
        if (price.kind().takesManyInputs()) {
            return bounded ? bytes : Math.max(bytes, largest);
        }
        long first = bounded ? Math.min(bytes, largest) : largest;
        if (!facts.tools().isHosted()) {
            return first;
        }
        boolean all = bounded && facts.tools().readNothingElse();
        long again = all ? Math.min(largest, first + output(price, facts)) : largest;
        return Math.addExact(all ? first : largest, Math.multiplyExact(again, toolCalls(facts)));
    }

    /** What one turn of the model can write, which the next one reads. */
    private static long output(ModelPrice price, RequestFacts facts) {
        Long asked = facts.output().maxTokens();
        long most = price.limits().outputTokens();
        return asked == null ? most : Math.min(asked, most);
    }

    /** How often the model can speak: a limit holds for all of its turns, its own for each. */
    private long turns() {
        return 1 + toolCalls(demand.facts());
    }

    private static long toolCalls(RequestFacts facts) {
        return facts.tools().isHosted()
                ? Objects.requireNonNull(facts.tools().calls(), "no limit on tool calls")
                : 0;
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
        // OpenAI refuses a limit below 1; what it would do with one is not relied on.
        long tokens =
                asked != null && asked > 0
                        ? asked
                        : Math.multiplyExact(price.limits().outputTokens(), turns());
        long made = Math.multiplyExact(price.limits().outputTokens(), compactions(demand.facts()));
        return Math.addExact(tokens, made);
    }

    private BigInteger searches() {
        return demand.price().kind() == Kind.SEARCH_CHAT
                ? dearest(unit -> unit == Unit.WEB_SEARCH)
                : BigInteger.ZERO;
    }

    private BigInteger extras(List<Extra> extras, BinaryOperator<BigInteger> joined) {
        return extras.stream().map(this::extra).reduce(BigInteger.ZERO, joined);
    }

    private BigInteger extra(Extra extra) {
        return switch (extra) {
            case Extra.Units units -> {
                ModelPrice row = row(units);
                // A model's own rate for what a tool does goes before the tool's.
                Optional<Rate> own =
                        Tier.reachable(demand.facts().serviceTier()).stream()
                                .flatMap(tier -> rates(tier, units.unit()))
                                .max(Rate::compareTo);
                yield own.or(() -> row.rate(Tier.STANDARD, false, units.unit()))
                        .map(rate -> rate.of(units.most()))
                        .orElse(BigInteger.ZERO);
            }
            case Extra.Run run -> {
                ModelPrice row = row(run);
                long drawn = Math.multiplyExact(row.limits().outputTokens(), run.pictures());
                BigInteger cost = wholeRun(row, Math.addExact(drawn, run.moreOutput()));
                yield run.author() == null ? cost : cost.add(extra(run.author()));
            }
            case Extra.Author author -> {
                ModelPrice row = row(author);
                yield wholeRun(row, row.limits().outputTokens());
            }
            // What the model reads and writes more is in the bounds of its tokens.
            case Extra.Tokens _ -> BigInteger.ZERO;
        };
    }

    private ModelPrice row(Extra extra) {
        return Objects.requireNonNull(demand.rows().get(extra.row()), extra.row());
    }

    private static BigInteger wholeRun(ModelPrice model, long output) {
        // No such request asks for the longer write to the cache.
        return dearest(model, u -> u.side() == Unit.Side.INPUT && u != Unit.CACHE_WRITE_12H)
                .multiply(BigInteger.valueOf(model.limits().inputTokens()))
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
        return price.isLong(inputTokens)
                ? Stream.of(ordinary, price.rate(tier, true, unit)).flatMap(Optional::stream)
                : ordinary.stream();
    }
}
