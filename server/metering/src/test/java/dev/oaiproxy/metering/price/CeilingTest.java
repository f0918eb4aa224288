package dev.oaiproxy.metering.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelLimits;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.SampleBooks;
import dev.oaiproxy.metering.price.book.ToolTokens;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.SampleFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
class CeilingTest {
    private static final PriceBook SHIPPED = PriceBook.load(SampleBooks.SHIPPED);
    private static final int ROUNDS = 40_000;
    private static final Set<ModelKind> TEXT =
            EnumSet.range(ModelKind.CHAT, ModelKind.OPEN_WEIGHTS);

    @Test
    void boundsInputByTheBodyAndOutputByTheLimitOfTheRequest() {
        // An unset tier may become priority: 1000 x 4.25 + 2 x 100 x 17.
        assertThat(ceiling("gpt-4o", facts(1_000, 100L, 2, null))).isEqualTo(Usd.parse("0.00765"));
        assertThat(ceiling("gpt-4o", facts(1_000, 100L, 2, "default")))
                .isEqualTo(Usd.parse("0.0045"));
    }

    @Test
    void boundsOutputByTheModelWhereTheRequestDoesNot() {
        // 16,384 tokens of output at 10; models like davinci-002 have a context window of only
        // 2,049.
        assertThat(ceiling("gpt-4o", facts(0, null, 1, "default"))).isEqualTo(Usd.parse("0.16384"));
        assertThat(ceiling("davinci", facts(0, null, 1, null))).isEqualTo(Usd.parse("0.04098"));
        assertThat(ceiling("gpt-4o", facts(0, -1L, 1, "default"))).isEqualTo(Usd.parse("0.16384"));
    }

    @Test
    void boundsInputByTheModelWhereTheBodyDoesNot() {
        RequestFacts images =
                SampleFacts.chat("m", 99).input(false, false).output(1L, 1).tier("default").facts();
        // 128,000 x 2.5 + 10.
        assertThat(ceiling("gpt-4o", images)).isEqualTo(Usd.parse("0.32001"));
        assertThat(ceiling("gpt-4o", facts(9_000_000, 1L, 1, "default")))
                .isEqualTo(Usd.parse("0.32001"));
    }

    @Test
    void boundsATranscriptByItsTokensOrByItsSecondsWhicheverComesDearer() {
        String model = "gpt-4o-transcribe-diarize";
        // 16,000 x 6 + 2,000 x 10, and 0.0001 for each second.
        assertThat(heard(model, 43)).isEqualTo(Usd.parse("0.116"));
        assertThat(heard(model, 5_000)).isEqualTo(Usd.parse("0.5"));
    }

    @Test
    void isTheSumOfItsPartsHoweverLarge() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ModelPrice price = SHIPPED.find("gpt-4o", SampleBooks.NOW).orElseThrow();
        for (int i = 0; i < ROUNDS / 10; i++) {
            RequestFacts facts =
                    facts(
                            random.nextInt(200_000),
                            1 + (random.nextLong() >>> (20 + random.nextInt(40))),
                            1 + random.nextInt(4),
                            "default");
            MaxUsage most = new MaxUsage(price, facts, Map.of());
            assertThat(Pricer.ceiling(most))
                    .as("%s, seed %s", facts, seed)
                    .isEqualTo(Pricer.breakdown(most).sum());
        }
    }

    private static Usd heard(String model, long seconds) {
        RequestFacts facts =
                SampleFacts.chat(model, 1_000)
                        .input(false, false)
                        .output(null, 1)
                        .tier("default")
                        .facts()
                        .withExtras(List.of(new Surcharge.Units(model, Unit.SECONDS, seconds)));
        ModelPrice price = SHIPPED.find(model, SampleBooks.NOW).orElseThrow();
        return Pricer.ceiling(new MaxUsage(price, facts, Map.of(model, price)));
    }

    @Test
    void boundsSeveralInputsByTheBodyAlone() {
        // An embedding request holds many inputs, each as large as the context window.
        assertThat(ceiling("text-embedding-3-small", facts(1_000_000, null, 1, null)))
                .isEqualTo(Usd.parse("0.02"));
    }

    @Test
    void takesTheDearestRatesBeyondTheStep() {
        // 272,000 and 272,001 tokens at the cache write of priority, then doubled, and 1 of output.
        assertThat(ceiling("gpt-6-sol", facts(272_000, 1L, 1, null)))
                .isEqualTo(Usd.parse("1.36002"));
        assertThat(ceiling("gpt-6-sol", facts(272_001, 1L, 1, null)))
                .isEqualTo(Usd.parse("2.72004"));
    }

    @Test
    void takesTheRatesOfBatchesForALineOfOne() {
        // 1,000 x 1.25 + 2 x 100 x 5, whichever tier the line names.
        for (String tier : new String[] {"auto", "default", "priority"}) {
            assertThat(batchCeiling("gpt-4o", facts(1_000, 100L, 2, tier)))
                    .isEqualTo(Usd.parse("0.00225"));
        }
        // Batches of gpt-5.6-luna cost 0.125 for cache writes and 0.6 for output; above the step
        // 0.25 and 0.9.
        assertThat(batchCeiling("gpt-5.6-luna", facts(272_000, 1L, 1, null)))
                .isEqualTo(Usd.parse("0.0340006"));
        assertThat(batchCeiling("gpt-5.6-luna", facts(272_001, 1L, 1, null)))
                .isEqualTo(Usd.parse("0.06800115"));
    }

    private static Usd batchCeiling(String model, RequestFacts facts) {
        ModelPrice price = SHIPPED.find(model, SampleBooks.NOW).orElseThrow();
        return Pricer.batchBreakdown(new MaxUsage(price, facts, Map.of())).sum();
    }

    @Test
    void countsOnTheLongCacheWriteOnlyWhereTheRequestMayMakeOne() {
        RequestFacts facts =
                SampleFacts.chat("m", 1_000)
                        .input(true, true)
                        .output(1L, 1)
                        .tier("default")
                        .facts();
        assertThat(ceiling("gpt-6-sol", facts)).isEqualTo(Usd.parse("0.00501"));
        assertThat(ceiling("gpt-6-sol", facts(1_000, 1L, 1, "default")))
                .isEqualTo(Usd.parse("0.00251"));
    }

    @Test
    void roundsUpAndRaisesOnAnAbsurdLimit() {
        // One byte at 0.000000001 per million is far less than a nano-dollar.
        assertThat(PricedLines.bound(BigInteger.ONE)).isEqualTo(Usd.ofNanos(1));
        assertThatThrownBy(() -> ceiling("gpt-4o", facts(1, Long.MAX_VALUE, 1, null)))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void isNeverBelowThePriceOfAUsageThatTheRequestAllows() {
        long seed = System.nanoTime();
        System.out.println("CeilingTest seed " + seed);
        Random random = new Random(seed);
        List<ModelPrice> prices =
                SHIPPED.all().stream().filter(price -> TEXT.contains(price.kind())).toList();
        for (int round = 0; round < ROUNDS; round++) {
            ModelPrice price = prices.get(random.nextInt(prices.size()));
            RequestFacts facts = randomFacts(random);
            Usage usage = randomUsage(random, price, facts);
            Usd cost =
                    switch (Pricer.price(price, usage)) {
                        case PricingResult.Priced(Charge charge) -> charge.cost();
                        case PricingResult.Unpriced(Unit unit) ->
                                throw new AssertionError(unit.label());
                    };
            assertThat(Pricer.ceiling(new MaxUsage(price, facts, Map.of())))
                    .as("seed %d: %s %s %s", seed, price.name(), facts, usage)
                    .isGreaterThanOrEqualTo(cost);
        }
    }

    private static RequestFacts randomFacts(Random random) {
        String[] tiers = {
            null, "auto", "default", "flex", "priority", "fast", "ultrafast", "scale"
        };
        return SampleFacts.chat("m", sometimes(random, 2_000_000))
                .input(random.nextInt(4) > 0, random.nextBoolean())
                .output(
                        random.nextBoolean() ? null : 1 + sometimes(random, 100_000),
                        1 + random.nextInt(4))
                .tier(tiers[random.nextInt(tiers.length)])
                .facts();
    }

    /** A usage that OpenAI could report for the request, by its documentation. */
    private static Usage randomUsage(Random random, ModelPrice price, RequestFacts facts) {
        Map<Unit, Long> used = new EnumMap<>(Unit.class);
        spread(random, inputUnits(price, facts), mostInput(price, facts), used);
        if (price.kind() != ModelKind.EMBEDDING) {
            ModelLimits limits = price.limits();
            long most = orElse(limits.maxOutputTokens(), limits.contextWindow());
            long output = orElse(facts.output().maxTokens(), most) * facts.output().choices();
            spread(random, outputUnits(price), output, used);
        }
        return new Usage(null, servedTier(random, facts.serviceTier()), used);
    }

    private static long mostInput(ModelPrice price, RequestFacts facts) {
        long one = orElse(price.limits().maxInputTokens(), price.limits().contextWindow());
        return switch (price.kind()) {
            case EMBEDDING, COMPLETION, FINE_TUNED_COMPLETION -> facts.input().bound();
            case SEARCH_CHAT -> one;
            case CHAT, AUDIO_CHAT, FINE_TUNED_CHAT, OPEN_WEIGHTS ->
                    facts.input().bounded() ? Math.min(facts.input().bound(), one) : one;
            case REALTIME, LIVE, IMAGE, TRANSCRIPTION, SPEECH, MODERATION, VIDEO, TOOL ->
                    throw new AssertionError(price.kind());
        };
    }

    private static long orElse(@Nullable Long limit, @Nullable Long other) {
        return Objects.requireNonNull(limit == null ? other : limit);
    }

    private static @Nullable String servedTier(Random random, @Nullable String asked) {
        List<@Nullable String> served = new ArrayList<>(List.of("default", "default"));
        served.add(null);
        if (asked == null || asked.equals("auto") || asked.equals("fast")) {
            served.add("priority");
        } else if (!asked.equals("default") && !asked.equals("scale")) {
            served.add(asked);
        }
        return served.get(random.nextInt(served.size()));
    }

    private static List<Unit> inputUnits(ModelPrice price, RequestFacts facts) {
        List<Unit> units =
                new ArrayList<>(
                        List.of(
                                Unit.INPUT,
                                Unit.CACHED_INPUT,
                                Unit.CACHE_WRITE,
                                Unit.IMAGE_INPUT,
                                Unit.IMAGE_CACHED_INPUT));
        if (facts.input().longCacheWrite()) {
            units.add(Unit.CACHE_WRITE_12H);
        }
        if (price.kind() == ModelKind.AUDIO_CHAT) {
            units.addAll(List.of(Unit.AUDIO_INPUT, Unit.AUDIO_CACHED_INPUT));
        }
        return units;
    }

    private static List<Unit> outputUnits(ModelPrice price) {
        return price.kind() == ModelKind.AUDIO_CHAT
                ? List.of(Unit.OUTPUT, Unit.AUDIO_OUTPUT)
                : List.of(Unit.OUTPUT);
    }

    /** Spreads a total, often the whole of it, over some of the units. */
    private static void spread(Random random, List<Unit> units, long total, Map<Unit, Long> used) {
        long left = random.nextBoolean() ? total : sometimes(random, total);
        while (left > 0) {
            long part = random.nextInt(3) == 0 ? left : 1 + random.nextLong(left);
            used.merge(units.get(random.nextInt(units.size())), part, Long::sum);
            left -= part;
        }
    }

    /** A small or large random number up to a maximum. */
    private static long sometimes(Random random, long most) {
        return random.nextLong(1 + (random.nextBoolean() ? most : Math.min(most, 500)));
    }

    private static Usd ceiling(String model, RequestFacts facts) {
        return Pricer.ceiling(
                new MaxUsage(
                        SHIPPED.find(model, SampleBooks.NOW).orElseThrow(),
                        facts,
                        Map.of(),
                        ToolTokens.NONE));
    }

    @Test
    void countsEachTurnWithAllThatCameBeforeIt() {
        // Two tool calls on 1,000 bytes with results of 2,000 tokens: of 3,000 + 11,100 + 19,100
        // tokens, the last are cache writes at 1.25, and the earlier ones cache reads at 0.05; 100
        // of output at 5, and 2 fees.
        assertThat(tools("gpt-6.1-terra", 1_000, 100L, search("low")))
                .isEqualTo(Usd.parse("0.04508"));
        // 20 results of 800 tokens, and no output limit, so 128,000 in each turn: 291,000 tokens
        // and 150,000 before, which is above the step: 2.5, 0.1 and 7.5.
        assertThat(tools("gpt-6.1-terra", 1_000, null, fileSearch(20)))
                .isEqualTo(Usd.parse("3.6275"));
    }

    @Test
    void noTurnReadsMoreThanTheModelTakes() {
        // Strict: 922,000 tokens in each of three turns at 2.5, and 2 fees.
        ModelPrice price = SHIPPED.find("gpt-6.1-terra", SampleBooks.NOW).orElseThrow();
        RequestFacts facts = asking(1_000, 100L, search("low"));
        MaxUsage strict =
                new MaxUsage(price, facts, demand("gpt-6.1-terra", facts).rows(), ToolTokens.NONE);
        assertThat(Pricer.ceiling(strict)).isEqualTo(Usd.parse("6.93575"));
        // Not strict: repeated input counts as cached: 922,000 at 2.5, twice that at 0.1.
        assertThat(tools("gpt-6.1-terra", 2_000_000, 100L, search("low")))
                .isEqualTo(Usd.parse("2.51015"));
    }

    private static Usd tools(String model, long bytes, @Nullable Long output, Surcharge tool) {
        return Pricer.ceiling(demand(model, asking(bytes, output, tool)));
    }

    private static RequestFacts asking(long bytes, @Nullable Long output, Surcharge tool) {
        return facts(bytes, output, 1, "default")
                .with(new RequestFacts.Tools(2, false, List.of(tool), List.of()));
    }

    private static MaxUsage demand(String model, RequestFacts facts) {
        RequestFacts named =
                new RequestFacts(
                        model,
                        facts.flow(),
                        facts.input(),
                        facts.output(),
                        facts.serviceTier(),
                        facts.tools(),
                        facts.extras(),
                        facts.file());
        return switch (MaxUsage.of(SHIPPED, named, SampleBooks.NOW)) {
            case MaxUsage.Lookup.Found found -> found.maxUsage();
            case MaxUsage.Lookup.NoPrice(String name) -> throw new AssertionError(name);
        };
    }

    private static Surcharge search(String size) {
        return new Surcharge.Units(
                "tool:web_search",
                Unit.WEB_SEARCH,
                1,
                new Surcharge.Finding("web_search_" + size, 1));
    }

    private static Surcharge fileSearch(int results) {
        return new Surcharge.Units(
                "tool:file_search",
                Unit.FILE_SEARCH,
                1,
                new Surcharge.Finding("file_search_result", results));
    }

    private static RequestFacts facts(
            long bytes, @Nullable Long output, int choices, @Nullable String tier) {
        return SampleFacts.chat("m", bytes).output(output, choices).tier(tier).facts();
    }
}
