package dev.oaiproxy.app.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.api.OfflineTools.PriceListSource;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelLimits;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.PriceBookException;
import dev.oaiproxy.metering.price.book.Rate;
import dev.oaiproxy.metering.price.book.SampleBooks;
import dev.oaiproxy.metering.price.book.ServiceTier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proposals from small lists in the two published formats. */
@Tag("fast")
class ImportProposalTest {
    private static final PriceBook SHIPPED = PriceBook.load(SampleBooks.SHIPPED);
    private static final String LITELLM =
            """
            {
              "sample_spec": {"input_cost_per_token": 0.0, "litellm_provider": "one of many"},
              "1024-x-1024/dall-e-2": {"input_cost_per_pixel": 1.9e-08,
                "litellm_provider": "openai", "mode": "image_generation"},
              "azure/gpt-5.4": {"input_cost_per_token": 1e-06, "litellm_provider": "azure"},
              "gpt-5.4": {
                "cache_read_input_token_cost": 2.5e-07,
                "cache_read_input_token_cost_priority": 5e-07,
                "input_cost_per_token": 2.5e-06,
                "input_cost_per_token_above_272k_tokens": 5e-06,
                "input_cost_per_token_batches": 1.25e-06,
                "input_cost_per_token_flex": 1.25e-06,
                "input_cost_per_token_priority": 5e-06,
                "litellm_provider": "openai",
                "max_input_tokens": 1050000, "max_output_tokens": 128000, "max_tokens": 128000,
                "mode": "chat",
                "output_cost_per_token": 1.4e-05,
                "output_cost_per_token_above_272k_tokens": 2.25e-05,
                "output_cost_per_token_priority": 3e-05,
                "search_context_cost_per_query": {"search_context_size_high": 0.01},
                "supports_vision": true
              },
              "gpt-9": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000,
                "input_cost_per_token": 1e-06, "input_cost_per_token_priority": 2e-06,
                "cache_read_input_token_cost": null,
                "output_cost_per_token": 2e-06, "max_output_tokens": 100},
              "gpt-9-search-preview": {"litellm_provider": "openai", "mode": "chat",
                "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
                "max_input_tokens": 1000, "max_output_tokens": 100,
                "search_context_cost_per_query": {"search_context_size_low": 0.03,
                  "search_context_size_medium": 0.035, "search_context_size_high": 0.05}},
              "whisper-1": {"input_cost_per_second": 0.0001, "output_cost_per_second": 0.0001,
                "litellm_provider": "openai", "mode": "audio_transcription"},
              "tts-1": {"input_cost_per_character": 1.5e-05, "litellm_provider": "openai",
                "mode": "audio_speech"},
              "gpt-3.5-turbo-instruct": {"input_cost_per_token": 1.5e-06, "max_tokens": 4096,
                "litellm_provider": "text-completion-openai", "mode": "completion",
                "output_cost_per_token": 2e-06}
            }
            """;
    private static final String GENAI =
            """
            [{"id": "anthropic", "name": "Anthropic", "models": [
                {"id": "claude", "match": {"equals": "claude"}, "prices": {"input_mtok": 1}}]},
             {"id": "openai", "name": "OpenAI", "pricing_urls": ["https://example.org"],
              "models": [
               {"id": "gpt-5.6-luna", "match": {"or": [{"equals": "gpt-5.6-luna"},
                  {"starts_with": "gpt-5.6-luna-"}, {"equals": "gpt-5.6-luna-2026-07-09"}]},
                "context_window": 1050000,
                "prices": [
                  {"prices": {"input_mtok": {"base": 1, "tiers": [{"start": 272000, "price": 2}]},
                    "output_mtok": {"base": 6, "tiers": [{"start": 272000, "price": 9}]},
                    "cache_read_mtok": 0.1}},
                  {"constraint": {"start_date": "2026-07-30"},
                   "prices": {"input_mtok": 0.2, "output_mtok": 1.2, "requests_kcount": 10}}]},
               {"id": "gpt-audio", "match": {"equals": "gpt-audio"}, "context_window": 128000,
                "prices": {"input_mtok": 2.5, "output_mtok": 10, "input_audio_mtok": 32,
                  "output_audio_mtok": 64}}]}]
            """;

    @TempDir Path folder;

    @Test
    void readsTheListOfLiteLlmAsABook() throws IOException {
        PriceBook book = book(PriceListSource.LITELLM, LITELLM);

        assertThat(book.names())
                .containsExactly(
                        "gpt-5.4",
                        "gpt-9",
                        "gpt-9-search-preview",
                        "whisper-1",
                        "tts-1",
                        "gpt-3.5-turbo-instruct");
        ModelPrice price = price(book, "gpt-5.4");
        assertThat(price.rate(ServiceTier.STANDARD, Unit.OUTPUT)).contains(perMillion("14"));
        assertThat(price.rate(ServiceTier.BATCH, Unit.INPUT)).contains(perMillion("1.25"));
        assertThat(price.rate(ServiceTier.PRIORITY, Unit.OUTPUT)).contains(perMillion("30"));
        assertThat(price.rateBeyond(ServiceTier.STANDARD, Unit.OUTPUT))
                .contains(perMillion("22.5"));
        assertThat(price.limits())
                .isEqualTo(
                        new ModelLimits(
                                1_050_000L,
                                1_050_000L,
                                128_000L,
                                price(SHIPPED, "gpt-5.4").limits().images(),
                                Map.of()));
        assertThat(price.limits().images()).isNotNull();
        assertThat(price(book, "whisper-1").rates().rate(ServiceTier.STANDARD, Unit.SECONDS))
                .contains(Rate.parse("0.0001", 1));
        assertThat(price(book, "tts-1").rates().rate(ServiceTier.STANDARD, Unit.CHARACTERS))
                .contains(perMillion("15"));
        ModelPrice search = price(book, "gpt-9-search-preview");
        assertThat(search.rates().rate(ServiceTier.STANDARD, Unit.WEB_SEARCH))
                .contains(Rate.parse("0.05", 1));
    }

    @Test
    void saysWhatDiffersFromOurBook() throws IOException {
        assertThat(proposal(PriceListSource.LITELLM, LITELLM))
                .contains("  # standard output: 14 here, 15 in the book; UNDERCHARGES.\n")
                .contains("  # cached_input beyond the step is filled in.\n")
                .contains("  # beyond the step, standard cached_input: 5 here, 0.5 in the book.\n")
                .contains("  # beyond the step, batch: in the book, not here.\n")
                .contains("  # Not in the book.\n")
                .contains("  # priority is left out: it lacks what standard has.\n")
                .contains("  # In the book, but not in that list: gpt-6.2-astra, ")
                .doesNotContain("standard input: 2.5 here");
    }

    @Test
    void saysWhatMustBeAddedBeforeItCanBeUsed() throws IOException {
        String list = LITELLM.replace("\"max_input_tokens\": 1000,", "");
        assertThat(
                        proposal(
                                PriceListSource.LITELLM,
                                list.replace("\"max_output_tokens\": 100", "\"x\": 1")))
                .contains("nothing bounds its tokens; add context_window.\n  # - name: gpt-9\n");
        assertThat(
                        proposal(
                                PriceListSource.LITELLM,
                                list.replace("input_cost_per_second", "cost_x")
                                        .replace("output_cost_per_second", "cost_y")))
                .contains("  # not imported: cost_x.\n")
                .contains("  # Cannot be used as it is: rates: standard lacks seconds, or ");
    }

    @Test
    void writesWhatCannotBeUsedAsComments() throws IOException {
        String list =
                """
                {"codex-mini": {"litellm_provider": "openai", "mode": "chat",
                    "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
                 "gpt-9-search-preview": {"litellm_provider": "openai", "mode": "chat",
                    "max_input_tokens": 9, "max_output_tokens": 9,
                    "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
                 "gpt-image-9": {"litellm_provider": "openai", "mode": "image_generation",
                    "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
                 "gpt-9": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 9,
                    "max_output_tokens": 9, "input_cost_per_token": 1e-06,
                    "output_cost_per_token": 2e-06}}
                """;
        assertThat(book(PriceListSource.LITELLM, list).names()).containsExactly("gpt-9");
        assertThat(proposal(PriceListSource.LITELLM, list))
                .contains(
                        "nothing bounds its tokens; add context_window.\n  # - name: codex-mini\n")
                .contains("rates: standard lacks web_search.\n  # - name: gpt-9-search-preview\n")
                .contains("  #   kind: search_chat\n")
                .contains("  #   prices:\n")
                .contains("  # - name: gpt-image-9\n")
                .contains("\n  - name: gpt-9\n");
    }

    @Test
    void staysABookWhereNothingCanBeUsed() throws IOException {
        String list =
                """
                {"codex-mini": {"litellm_provider": "openai", "mode": "chat",
                    "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}}
                """;
        assertThat(book(PriceListSource.LITELLM, list).names()).isEmpty();
    }

    @Test
    void writesAsACommentWhatClaimsTheNameOfAnother() throws IOException {
        String twice =
                GENAI.replace(
                        "\"id\": \"gpt-audio\", \"match\": {\"equals\": \"gpt-audio\"}",
                        "\"id\": \"gpt-audio\", \"match\": {\"equals\": \"gpt-5.6-luna\"}");
        assertThat(book(PriceListSource.GENAI_PRICES, twice).names())
                .containsExactly("gpt-5.6-luna");
        assertThat(proposal(PriceListSource.GENAI_PRICES, twice))
                .contains("the name gpt-5.6-luna has two prices at one time")
                .contains("  # - name: gpt-audio\n");
    }

    @Test
    void readsTheTiersAndTheLongerWriteOfLiteLlm() throws IOException {
        String list =
                """
                {"gpt-6-astra": {"litellm_provider": "openai", "mode": "chat",
                    "max_input_tokens": 922000, "max_output_tokens": 128000,
                    "input_cost_per_token": 1e-05, "output_cost_per_token": 5e-05,
                    "cache_read_input_token_cost": 1e-06,
                    "cache_creation_input_token_cost": 1.25e-05,
                    "cache_creation_input_token_cost_above_1hr": 2.5e-05,
                    "input_cost_per_token_ultrafast": 6e-05,
                    "output_cost_per_token_ultrafast": 3e-04,
                    "cache_read_input_token_cost_ultrafast": 6e-06,
                    "cache_creation_input_token_cost_ultrafast": 7.5e-05,
                    "input_cost_per_token_above_272k_tokens": 2e-05,
                    "output_cost_per_token_above_272k_tokens": 7.5e-05,
                    "cache_read_input_token_cost_above_272k_tokens": 2e-06,
                    "cache_creation_input_token_cost_above_272k_tokens": 2.5e-05,
                    "cache_creation_input_token_cost_above_1hr_above_272k_tokens": 5e-05,
                    "input_cost_per_token_above_272k_tokens_ultrafast": 1.2e-04,
                    "output_cost_per_token_above_272k_tokens_ultrafast": 4.5e-04,
                    "cache_read_input_token_cost_above_272k_tokens_ultrafast": 1.2e-05,
                    "cache_creation_input_token_cost_above_272k_tokens_ultrafast": 1.5e-04}}
                """;
        ModelPrice price = price(book(PriceListSource.LITELLM, list), "gpt-6-astra");
        ModelPrice ours = price(SHIPPED, "gpt-6-astra");
        for (ServiceTier tier : new ServiceTier[] {ServiceTier.STANDARD, ServiceTier.ULTRAFAST}) {
            for (Unit unit : ours.rates().standard().keySet()) {
                assertThat(price.rate(tier, unit))
                        .as("%s %s", tier, unit)
                        .isEqualTo(ours.rate(tier, unit));
                assertThat(price.rateBeyond(tier, unit))
                        .as("beyond the step: %s %s", tier, unit)
                        .isEqualTo(ours.rateBeyond(tier, unit));
            }
        }
    }

    @Test
    void putsTheStepWhereOpenAiDoes() throws IOException {
        String list = GENAI.replace("272000", "271999");
        ModelPrice old =
                book(PriceListSource.GENAI_PRICES, list)
                        .find("gpt-5.6-luna", Instant.parse("2026-07-29T00:00:00Z"))
                        .orElseThrow();
        assertThat(old.isLong(272_000)).isFalse();
        assertThat(old.isLong(272_001)).isTrue();
    }

    @Test
    void readsTheListOfGenAiPricesAsABook() throws IOException {
        PriceBook book = book(PriceListSource.GENAI_PRICES, GENAI);

        assertThat(book.names()).containsExactly("gpt-5.6-luna", "gpt-audio");
        ModelPrice old =
                book.find("gpt-5.6-luna-2026-07-09", Instant.parse("2026-07-29T00:00:00Z"))
                        .orElseThrow();
        assertThat(old.rateBeyond(ServiceTier.STANDARD, Unit.OUTPUT)).contains(perMillion("9"));
        assertThat(old.rateBeyond(ServiceTier.STANDARD, Unit.CACHED_INPUT))
                .contains(perMillion("2"));
        ModelPrice now = price(book, "gpt-5.6-luna");
        assertThat(now.rate(ServiceTier.STANDARD, Unit.INPUT)).contains(perMillion("0.2"));
        assertThat(now.longContext()).isNull();
        assertThat(price(book, "gpt-audio").kind()).isEqualTo(ModelKind.AUDIO_CHAT);
        assertThat(proposal(PriceListSource.GENAI_PRICES, GENAI))
                .contains("  # not imported: requests_kcount.\n")
                .contains("  # beyond the step, standard: in the book, not here.\n");
    }

    @Test
    void refusesWhatIsNotSuchAList() {
        assertThatThrownBy(() -> proposal(PriceListSource.GENAI_PRICES, LITELLM))
                .isInstanceOf(PriceBookException.class)
                .hasMessageContaining("has no models of OpenAI; is it genai-prices?");
        assertThatThrownBy(() -> proposal(PriceListSource.LITELLM, "{"))
                .isInstanceOf(PriceBookException.class);
        assertThatThrownBy(
                        () ->
                                proposal(
                                        PriceListSource.LITELLM,
                                        LITELLM.replace("1.4e-05", "-1.4e-05")))
                .isInstanceOf(PriceBookException.class)
                .hasMessageContaining("negative rate");
    }

    private PriceBook book(PriceListSource source, String json) throws IOException {
        return SampleBooks.load(folder, proposal(source, json));
    }

    private String proposal(PriceListSource source, String json) throws IOException {
        Path list = Files.writeString(folder.resolve("list.json"), json);
        return ImportProposal.of(source, list, SHIPPED, SampleBooks.NOW);
    }

    private static ModelPrice price(PriceBook book, String model) {
        return book.find(model, SampleBooks.NOW).orElseThrow();
    }

    private static Rate perMillion(String usd) {
        return Rate.parse(usd, 1_000_000);
    }
}
