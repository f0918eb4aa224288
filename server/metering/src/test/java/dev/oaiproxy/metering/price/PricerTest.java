package dev.oaiproxy.metering.price;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.SampleBooks;
import dev.oaiproxy.metering.price.book.ServiceTier;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("fast")
class PricerTest {
    private static final PriceBook SHIPPED = PriceBook.load(SampleBooks.SHIPPED);

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "gpt-5.6 | default | input=1000 cached_input=4000 cache_write=5000 output=500"
                        + " | 0.0406",
                "gpt-5.4 | - | input=1 cached_input=272000 | 0.136005",
                "gpt-6.2-sol | ultrafast | input=1000 output=100 | 0.009",
                "gpt-5-search-api | - | input=1000 output=100 | 0.01225",
                "gpt-audio | - | input=10 audio_input=100 output=5 audio_output=50 | 0.006475"
            })
    void chargesWhatOpenAiCharges(String model, @Nullable String tier, String used, String usd) {
        assertThat(charge(model, tier, used).cost()).isEqualTo(Usd.parse(usd));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                // No cached rate: OpenAI gives no discount.
                "gpt-5.5-pro | - | cached_input=100 | cached_input=100@30",
                "gpt-audio | - | audio_cached_input=7 | audio_cached_input=7@32",
                "gpt-4.1 | batch | cached_input=100 | cached_input=100@1",
                // Before gpt-5.6, cache writes had no rate of their own; the longer one costs twice
                // the shorter.
                "gpt-4o | - | cache_write=100 | cache_write=100@2.5",
                "gpt-4o | - | cache_write_12h=100 | cache_write_12h=100@2.5",
                "gpt-5.6-sol | - | cache_write_12h=100 | cache_write_12h=100@10",
                "gpt-5.6-sol | flex | cache_write_12h=100 | cache_write_12h=100@5",
                "gpt-6.2-sol | - | cache_write_12h=100 | cache_write_12h=100@5",
                // Chat models bill images as text.
                "gpt-4o | - | image_input=100 | image_input=100@2.5",
                "gpt-4o | - | image_cached_input=100 | image_cached_input=100@1.25",
                // Tiers that the book does not list for the model.
                "gpt-4o | flex | input=100 | input=100@2.5",
                "gpt-5.5-pro | priority | input=100 | input=100@30",
                "gpt-5.6-sol | ultrafast | input=100 | input=100@8",
                // Not offered above the step: the dearer rate of both applies.
                "gpt-5.5 | priority | input=272001 | input=272001@12.5",
                "gpt-5.4 | priority | input=272001 | input=272001@5"
            })
    void neverUndercharges(String model, @Nullable String tier, String used, String lines) {
        assertThat(PricedLines.text(charge(model, tier, used).lines())).isEqualTo(lines);
    }

    @Test
    void takesATierOfAnUnknownNameForTheDearest() {
        Charge charge = charge("gpt-6.2-sol", "warp", "input=1000 output=100");
        assertThat(charge.tier()).isEqualTo(ServiceTier.ULTRAFAST);
        assertThat(charge.cost()).isEqualTo(Usd.parse("0.009"));
        assertThat(charge("gpt-4", "warp", "input=100").tier()).isEqualTo(ServiceTier.STANDARD);
    }

    @Test
    void saysWhichTierAndStepItApplied() {
        Charge charge = charge("gpt-6-sol", "fast", "input=300000 output=10");
        assertThat(charge.tier()).isEqualTo(ServiceTier.PRIORITY);
        assertThat(charge.longContext()).isTrue();
        assertThat(PricedLines.text(charge.lines())).isEqualTo("input=300000@8 output=10@30");
        assertThat(charge("gpt-6-sol", null, "input=10").longContext()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt-6.2-sol | default | input=100000 output=5000 | 0.25",
                "gpt-6.2-sol | background_2h | input=100000 output=5000 | 0.175",
                "gpt-6.2-sol | background_8h | input=100000 output=5000 | 0.15",
                "gpt-6.2-sol | background_2h | input=300000 output=1000 | 0.8505",
                "gpt-6.2-sol | background_8h | cached_input=1000 cache_write=1000 | 0.00156",
                // Not listed, so not assumed to be cheaper.
                "gpt-6.2-astra | background_2h | input=1000 output=100 | 0.012",
                "gpt-4o | background_8h | input=1000 output=100 | 0.0035"
            })
    void chargesTheWindowsOfTheBackground(String model, String tier, String used, String usd) {
        assertThat(charge(model, tier, used).cost()).isEqualTo(Usd.parse(usd));
        assertThat(Pricer.offers(price(model), tier) || tier.equals("default"))
                .isEqualTo(tier.equals("default"));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, audio_input=1, AUDIO_INPUT",
        "gpt-4o, input=5 web_search=1, WEB_SEARCH",
        "text-embedding-3-small, output=1, OUTPUT",
        "gpt-4o, seconds=3, SECONDS"
    })
    void leavesAUnitWithoutARateUnpriced(String model, String used, Unit unit) {
        assertThat(Pricer.price(price(model), SampleBooks.usage(null, used)))
                .isEqualTo(new PricingResult.Unpriced(unit));
        assertThat(Pricer.price(price(model), SampleBooks.usage("warp", used)))
                .isEqualTo(new PricingResult.Unpriced(unit));
    }

    @Test
    void chargesOneSearchOfASearchModelUnlessTheUsageCountsThem() {
        assertThat(charge("gpt-5-search-api", null, "web_search=3").cost())
                .isEqualTo(Usd.parse("0.03"));
        assertThat(charge("gpt-5-search-api", null, "").cost()).isEqualTo(Usd.parse("0.01"));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"gpt-4o-mini,-,0.0112", "gpt-4o-mini,priority,0.012", "gpt-4o,priority,0.01"})
    void chargesWhatAToolDoesAtTheTierThatServed(String model, @Nullable String tier, String usd) {
        Usage search = new Usage("tool:web_search", null, Map.of(Unit.WEB_SEARCH, 1L));
        UsageResult.Complete answer =
                new UsageResult.Complete(new Usage(model, tier, Map.of()), List.of(search));
        assertThat(Pricer.price(price(model), answer, row -> SHIPPED.find(row, SampleBooks.NOW)))
                .isInstanceOfSatisfying(
                        PricingResult.Priced.class,
                        priced -> assertThat(priced.charge().cost()).isEqualTo(Usd.parse(usd)));
    }

    @Test
    void fallsBackToTheStandardTierWhereATierListsLittle() {
        ModelPrice price =
                SampleBooks.of(
                                folder,
                                """
                                  - name: m
                                    kind: chat
                                    context_window: 1000
                                    prices:
                                      - rates:
                                          standard: {input: 4, cache_write: 5, output: 9}
                                          flex: {output: 3}
                                """)
                        .all()
                        .getFirst();
        Usage usage = SampleBooks.usage("flex", "input=1 cached_input=1 cache_write=1 output=1");
        assertThat(Pricer.price(price, usage))
                .isInstanceOfSatisfying(
                        PricingResult.Priced.class,
                        priced ->
                                assertThat(PricedLines.text(priced.charge().lines()))
                                        .isEqualTo(
                                                "input=1@4 cached_input=1@4 cache_write=1@5"
                                                        + " output=1@3"));
    }

    @Test
    void refusesARequestedTierWithoutRates() {
        assertThat(Pricer.offers(price("gpt-6.2-sol"), "ultrafast")).isTrue();
        assertThat(Pricer.offers(price("gpt-5.6-sol"), "ultrafast")).isFalse();
        assertThat(Pricer.offers(price("gpt-5.6-sol"), "fast")).isTrue();
        assertThat(Pricer.offers(price("gpt-4"), "priority")).isFalse();
        assertThat(Pricer.offers(price("gpt-4"), null)).isTrue();
        assertThat(Pricer.offers(price("gpt-4"), "scale")).isTrue();
        assertThat(Pricer.offers(price("gpt-5.6-sol"), "flex")).isTrue();
        assertThat(Pricer.offers(price("gpt-6.2-sol"), "flex")).isFalse();
        assertThat(Pricer.offers(price("gpt-6.2-astra"), "flex")).isFalse();
        assertThat(Pricer.offers(price("gpt-4"), "flex")).isFalse();
        assertThat(Pricer.offers(price("gpt-4"), "warp")).isFalse();
    }

    private static Charge charge(String model, @Nullable String tier, String used) {
        return switch (Pricer.price(price(model), SampleBooks.usage(tier, used))) {
            case PricingResult.Priced(Charge charge) -> charge;
            case PricingResult.Unpriced(Unit unit) -> throw new AssertionError("unpriced: " + unit);
        };
    }

    private static ModelPrice price(String model) {
        return SHIPPED.find(model, SampleBooks.NOW).orElseThrow();
    }
}
