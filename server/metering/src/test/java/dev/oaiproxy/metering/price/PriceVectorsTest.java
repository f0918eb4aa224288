package dev.oaiproxy.metering.price;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.SampleBooks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Usages whose cost is known from OpenAI's own arithmetic, priced by the shipped book. */
@Tag("fast")
class PriceVectorsTest {
    private static final PriceBook SHIPPED = PriceBook.load(SampleBooks.SHIPPED);

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "gpt-4o | - | input=86 cached_input=1920 output=300 | 0.005615",
                "gpt-6-astra | - | input=800 cached_input=200 output=100 | 0.0132",
                "gpt-6-astra | - | input=300000 output=1000 | 6.075",
                "gpt-5.6-sol | - | input=1000 cached_input=4000 cache_write=5000 output=500"
                        + " | 0.0406",
                "gpt-5.6-sol | priority | input=1000 cached_input=4000 cache_write=5000 output=500"
                        + " | 0.0812",
                "gpt-5.6-sol | flex | input=1000 cached_input=4000 cache_write=5000 output=500"
                        + " | 0.0203",
                "gpt-realtime-2 | - | input=55 cached_input=64 audio_input=13 output=30"
                        + " audio_output=91 | 0.0072056",
                "gpt-image-1.5 | - | input=50 image_output=1056 | 0.034042",
                "whisper-1 | - | seconds=7 | 0.0007",
                "gpt-4o-transcribe-diarize | - | seconds=43 | 0.0043",
                "gpt-4o-transcribe | - | seconds=60 | 0.006",
                "gpt-4o-mini-transcribe | - | seconds=60 | 0.003",
                "tts-1 | - | characters=105 | 0.001575",
                "text-embedding-3-small | - | input=8 | 0.00000016",
                "gpt-5.4 | - | input=272000 | 0.68",
                "gpt-5.4 | - | input=272001 | 1.360005",
                // Units beside the tokens.
                "tool:web_search | - | web_search=3 | 0.03",
                "tool:container:4g | - | container_minutes=5 | 0.03",
                "tool:file_search_storage | - | storage=500000 | 0.05",
                "gpt-live-1 | - | seconds=60 | 0.05",
                "gpt-realtime-translate | - | seconds=3600 | 2.04",
                "ft:gpt-4.1-2025-04-14 | - | training=2000000 | 50",
                "ft:gpt-3.5-turbo | - | input=1000 output=100 | 0.0036",
                "ft:gpt-3.5-turbo | batch | input=1000 output=100 | 0.0018",
                "ft:babbage-002 | - | input=1000 output=100 | 0.00176",
                "ft:babbage-002 | batch | input=1000 output=100 | 0.00088",
                "ft:davinci-002 | - | input=1000 output=100 | 0.0132",
                "ft:davinci-002 | batch | input=1000 output=100 | 0.0066",
                "codex-auto-review | - | input=1000 output=100 | 0.008",
                "codex-auto-review | priority | input=1000 output=100 | 0.016",
                "codex-auto-review | - | input=272001 output=100 | 2.72451",
                "gpt-image-2.6-sunburst | - | input=50 image_input=1000 image_output=1056"
                        + " | 0.03993",
                "gpt-image-2.6-flare | batch | input=50 image_output=1056 | 0.015965",
                "gpt-6-cyber | - | input=1000 cached_input=500 cache_write=100 output=10"
                        + " | 0.0245",
                "gpt-daybreak-blue-latest | flex | input=1000 output=100 | 0.003",
                "gpt-daybreak-blue-latest | priority | input=1000 output=100 | 0.012",
                "gpt-6-astra | ultrafast | input=1000 cached_input=1000 output=100 | 0.096",
                "gpt-6.2-astra | flex | input=1000 output=100 | 0.012",
                "omni-moderation-latest | - | input=5000 | 0"
            })
    void priceRight(String model, @Nullable String tier, String used, String usd) {
        ModelPrice price = SHIPPED.find(model, SampleBooks.NOW).orElseThrow();
        assertThat(Pricer.price(price, SampleBooks.usage(tier, used)))
                .isInstanceOfSatisfying(
                        PricingResult.Priced.class,
                        priced -> assertThat(priced.charge().cost()).isEqualTo(Usd.parse(usd)));
    }
}
