package dev.oaiproxy.proxy.relay.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.metering.price.book.PriceBook;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("fast")
class ModelListTest {
    private static final ModelList LISTED =
            new ModelList(
                    PriceBook.load(Checkout.file("config/prices.yaml")),
                    Instant.parse("2026-11-30T12:00:00Z"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "gpt-4o-mini | {'id':'x'} | {'shutdown_date':'2027-01-14','id':'x'}",
                "gpt-4o-mini | {'shutdown_date':null} | {'shutdown_date':'2027-01-14'}",
                // OpenAI's date takes precedence over the book's.
                "gpt-4o-mini | {'shutdown_date':'2027-03-01'} | {'shutdown_date':'2027-03-01'}",
                "gpt-6-luna | {'id':'x'} | {'id':'x'}"
            })
    void tellsTheDayOfAnEndWhereOpenAiDoesNot(String model, String json, String told) {
        byte[] element = json.replace('\'', '"').getBytes(UTF_8);
        byte[] described = LISTED.described(model, element);
        assertThat(new String(described, UTF_8)).isEqualTo(told.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource({"gpt-4, true", "gpt-oss-20b, false", "tool:web_search, true", "gpt-99, false"})
    void showsWhatHasAPriceWhateverItsEnd(String model, boolean shown) {
        assertThat(LISTED.has(model)).isEqualTo(shown);
    }
}
