package dev.oaiproxy.metering.price.book;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.money.Unit;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class PriceBookTest {
    private static final PriceBook SHIPPED = PriceBook.load(SampleBooks.SHIPPED);

    @TempDir Path folder;

    @Test
    void shipsEveryModelThatIsMetered() {
        assertThat(SHIPPED.version()).isEqualTo("2026-12-01.1");
        assertThat(SHIPPED.names())
                .hasSize(166)
                .contains("gpt-oss-20b", "gpt-6.2-astra", "ada", "dall-e-3", "tool:web_search");
        assertThat(SHIPPED.all()).hasSize(178);
        assertThat(SHIPPED.all()).allSatisfy(price -> assertThat(price.sources()).isNotEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, 2026-11-23, input, 2.5",
        "gpt-4o, 2024-09-01, input, 5",
        "gpt-4o-2024-08-06, 2026-11-23, output, 10",
        "gpt-4o-2024-05-13, 2026-11-23, output, 15",
        "gpt-5.6-luna, 2026-07-29, input, 1",
        "gpt-5.6-luna, 2026-07-30, input, 0.2",
        "gpt-5.6, 2026-08-20, output, 30",
        "gpt-5.6, 2026-08-21, output, 20",
        "gpt-3.5-turbo, 2023-03-01, output, 2",
        "gpt-3.5-turbo, 2026-11-23, output, 1.5",
        "o1-pro, 2026-11-23, output, 600",
        "gpt-5-nano, 2026-11-23, cached_input, 0.005",
        "text-embedding-3-large, 2026-11-23, input, 0.13",
        "gpt-4o-search-preview, 2026-11-23, web_search, 0.025",
        "ft:gpt-4o-mini-2024-07-18, 2026-11-23, output, 1.2",
        "ft:gpt-4o-mini-2024-07-18, 2026-11-23, training, 3",
        "gpt-4o-mini, 2026-11-23, web_search, 0.0112",
        "gpt-4.1-mini, 2026-11-23, web_search, 0.0132",
        "gpt-image-2, 2026-11-23, image_output, 30",
        "gpt-image-1.5, 2026-11-23, output, 10",
        "gpt-image-2.6-flare, 2026-11-30, image_output, 30",
        "gpt-image-2.6-sunburst, 2026-11-30, image_input, 8",
        "tool:image_generation, 2026-12-01, image_output, 40",
        "tool:image_generation, 2026-12-02, image_output, 30",
        "tool:image_generation, 2026-12-02, image_cached_input, 2",
        "gpt-6-cyber, 2026-11-30, output, 100",
        "gpt-6-cyber, 2026-11-30, cache_write, 25",
        "gpt-4o-transcribe, 2026-11-23, audio_input, 6",
        "gpt-live-1, 2026-11-23, seconds, 0.000833333333334",
        "tool:web_search, 2026-11-23, web_search, 0.01",
        "tool:web_search_preview, 2026-11-23, web_search, 0.025",
        "tool:file_search, 2026-11-23, file_search, 0.0025",
        "tool:file_search_storage, 2026-11-23, storage, 0.1",
        "tool:container:1g, 2026-11-23, container_minutes, 0.0015",
        "tool:container:64g, 2026-11-23, container_minutes, 0.096"
    })
    void holdsTheStandardRateOfTheDay(String model, String day, String unit, String usd) {
        ModelPrice price = SHIPPED.find(model, Instant.parse(day + "T00:00:00Z")).orElseThrow();
        Unit labelled = Unit.labelled(unit);
        assertThat(price.rates().standard().get(labelled))
                .isEqualTo(Rate.parse(usd, Rate.per(labelled)));
    }

    @Test
    void splitsARowWhereItsUltrafastRatesChange() {
        Rate early = ultrafastInput("2027-02-28T23:59:59.999Z");
        Rate late = ultrafastInput("2027-03-01T00:00:00Z");
        assertThat(early).isEqualTo(Rate.parse("6", 1_000_000));
        assertThat(late).isEqualTo(Rate.parse("12", 1_000_000));
    }

    @Test
    void knowsTheLimitsOfTheDay() {
        assertThat(limits("gpt-4o", "2024-09-01T00:00:00Z").outputTokens()).isEqualTo(4_096);
        assertThat(limits("gpt-4o", "2026-09-01T00:00:00Z").outputTokens()).isEqualTo(16_384);
        ModelLimits sol = limits("gpt-5.6", "2026-09-01T00:00:00Z");
        assertThat(sol.contextWindow()).isEqualTo(1_050_000);
        assertThat(sol.inputTokens()).isEqualTo(922_000);
        assertThat(sol.outputTokens()).isEqualTo(128_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-6.2-astra",
                "gpt-6.2-sol",
                "gpt-6.1-terra",
                "gpt-6.1-sol",
                "gpt-6-luna",
                "gpt-6-sol",
                "gpt-6-astra",
                "gpt-5.5",
                "gpt-5.5-pro",
                "gpt-5.4",
                "gpt-5.4-pro"
            })
    void boundsTheInputOfLargeWindowsByWhatTheOutputLeaves(String model) {
        ModelLimits limits = limits(model, "2026-11-30T00:00:00Z");
        assertThat(limits)
                .isEqualTo(
                        new ModelLimits(1_050_000L, 922_000L, 128_000L, limits.images(), Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o-mini, 2027-01-14",
        "gpt-4o-mini-2024-07-18, 2027-01-14",
        "ft:gpt-4o-mini-2024-07-18:acme::x, 2027-01-14",
        "gpt-4.1, 2027-01-14",
        "tts-1-hd-1106, 2027-01-06",
        "gpt-realtime-2025-08-28, 2027-01-20",
        "gpt-audio-mini, 2027-01-20",
        "whisper-1, 2027-02-26",
        "gpt-4o-transcribe-diarize, 2027-02-26",
        "gpt-5.4-nano, 2027-04-01",
        "gpt-5.1-2025-11-13, 2027-04-01",
        "gpt-5.3-codex, 2027-04-01",
        "o3-pro, 2026-12-11",
        "gpt-5-mini-2025-08-07, 2026-12-11",
        "chatgpt-image-latest, 2026-12-01",
        "dall-e-3, 2026-05-12",
        "gpt-4, 2026-10-23"
    })
    void knowsTheDayOfEachEnd(String model, LocalDate day) {
        assertThat(SHIPPED.shutdown(model)).contains(day);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-6-luna", "gpt-5.6-luna", "gpt-image-2", "gpt-9", "ft:gpt-9:x::y"})
    void knowsNoEndOfOthers(String model) {
        assertThat(SHIPPED.shutdown(model)).isEmpty();
    }

    @Test
    void drawsByTheImageModelOfTheDay() {
        assertThat(SHIPPED.imageDefault()).contains("gpt-image-2.6-sunburst");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-4o-",
                "gpt-4o-2024-08-06:x",
                "gpt-6.2-sol-2026-11-17",
                "GPT-4o",
                "gpt-oss-120b",
                "ft:",
                "ft:gpt-5:org::id",
                "ft::org",
                "ft:gpt-4o-2024-05-13:org::id",
                ""
            })
    void neverGuesses(String model) {
        assertThat(SHIPPED.find(model, SampleBooks.NOW)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ft:gpt-4o-2024-08-06:acme:support:AbC123",
                "ft:gpt-4o-2024-08-06:acme::AbC123",
                "ft:gpt-4o-2024-08-06:acme:support:AbC123:ckpt-step-90",
                "ft:gpt-4o-2024-11-20:acme::x",
                "ft:gpt-4o"
            })
    void looksFineTunedModelsUpByTheirBase(String model) {
        assertThat(SHIPPED.find(model, SampleBooks.NOW).map(ModelPrice::name))
                .contains("ft:gpt-4o-2024-08-06");
    }

    @Test
    void movesAnAliasFromOneModelToAnotherWithTime() {
        PriceBook book =
                SampleBooks.of(
                        folder,
                        """
                          - name: old
                            kind: chat
                            context_window: 10
                            prices:
                              - until: 2026-02-01
                                aliases: [latest]
                                rates: {standard: {input: 1, output: 1}}
                              - from: 2026-02-01
                                rates: {standard: {input: 1, output: 1}}
                          - name: new
                            aliases: [latest]
                            kind: chat
                            context_window: 10
                            prices:
                              - from: 2026-02-01
                                rates: {standard: {input: "2.50", output: 2}}
                        """);
        Instant moved = Instant.parse("2026-02-01T00:00:00Z");
        assertThat(book.find("latest", moved.minusMillis(1)).map(ModelPrice::name)).contains("old");
        assertThat(book.find("latest", moved).map(ModelPrice::name)).contains("new");
        assertThat(book.find("new", moved.minusMillis(1))).isEmpty();
        assertThat(book.find("old", moved)).isPresent();
    }

    @Test
    void boundsEveryModelThatIsBilledByTokens() {
        assertThat(limits("gpt-image-1.5", "2026-11-23T00:00:00Z"))
                .isEqualTo(new ModelLimits(null, 180_000L, 8_192L));
        assertThat(limits("gpt-4o-mini-tts", "2026-11-23T00:00:00Z").outputTokens())
                .isEqualTo(16_000);
        assertThat(limits("whisper-1", "2026-11-23T00:00:00Z"))
                .isEqualTo(new ModelLimits(null, null, null));
    }

    @Test
    void asksMoreForTokensAtRegionalHostsWhereTheModelIsMarked() {
        PriceBook regional =
                PriceBook.parse(
                        SampleBooks.SHIPPED,
                        PriceBook.bytes(SampleBooks.SHIPPED),
                        Processing.REGIONAL);
        assertThat(regional.version()).isEqualTo(SHIPPED.version());
        assertThat(rate(regional, "gpt-5.4", Unit.INPUT)).isEqualTo(Rate.parse("2.75", 1_000_000));
        assertThat(rate(regional, "gpt-4o", Unit.INPUT)).isEqualTo(Rate.parse("2.5", 1_000_000));
        ModelPrice realtime = regional.find("gpt-realtime-2.1", SampleBooks.NOW).orElseThrow();
        assertThat(realtime.rates().standard().get(Unit.AUDIO_OUTPUT))
                .isEqualTo(Rate.parse("70.4", 1_000_000));
        ModelPrice beyond = regional.find("gpt-6-sol", SampleBooks.NOW).orElseThrow();
        assertThat(beyond.rateBeyond(ServiceTier.PRIORITY, Unit.OUTPUT))
                .contains(Rate.parse("33", 1_000_000));
    }

    private static Rate rate(PriceBook book, String model, Unit unit) {
        ModelPrice price = book.find(model, SampleBooks.NOW).orElseThrow();
        return price.rates().rate(ServiceTier.STANDARD, unit).orElseThrow();
    }

    private static Rate ultrafastInput(String at) {
        ModelPrice price = SHIPPED.find("gpt-6.2-sol", Instant.parse(at)).orElseThrow();
        return price.rates().rate(ServiceTier.ULTRAFAST, Unit.INPUT).orElseThrow();
    }

    private static ModelLimits limits(String model, String at) {
        return SHIPPED.find(model, Instant.parse(at)).orElseThrow().limits();
    }
}
