package dev.oaiproxy.metering.price.book;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.metering.money.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("fast")
class PricesTest {
    private static final String FIRST =
            """
            version: first
            currency: USD
            models:
              - name: m
                kind: chat
                context_window: 1000
                prices:
                  - rates: {standard: {input: 1, cached_input: 0, output: 2}}
              - name: n
                kind: embedding
                context_window: 1000
                prices:
                  - rates: {standard: {input: 5}}
              - name: o
                kind: chat
                context_window: 1000
                prices:
                  - rates: {standard: {input: 1, output: 2}}
                    long_context:
                      above_input_tokens: 500
                      rates: {standard: {input: 2, output: 3}}
            """;
    private static final String SECOND = FIRST.replace("first", "second");

    @TempDir Path folder;
    private Path file;
    private Prices prices;

    @BeforeEach
    void open() throws IOException {
        file = Files.writeString(folder.resolve("prices.yaml"), FIRST);
        prices =
                Prices.open(
                        new Prices.Settings(file, Processing.GLOBAL, ToolTokens.Held.EXPECTED, 10),
                        () -> SampleBooks.NOW);
    }

    @Test
    void takesAChangedFile() throws IOException {
        PriceBook before = prices.current();
        look(SECOND.replace("input: 1,", "input: 10,").replace("output: 2", "output: 0.2"));

        assertThat(prices.current().version()).isEqualTo("second");
        assertThat(inputRate()).isEqualTo(Rate.parse("10", 1_000_000));
        assertThat(prices.refusal()).isEmpty();
        assertThat(before.version()).isEqualTo("first");
    }

    @Test
    void keepsTheBookWhileTheFileStaysAsItIs() throws IOException {
        PriceBook before = prices.current();
        look(FIRST);

        assertThat(prices.current()).isSameAs(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "input: 1, c | input: 10.01, c | m: standard input from 1 to 10.01 is more than 10",
                "input: 5 | input: 0.49 | n: standard input from 5 to 0.49 is more than 10 times",
                "input: 5 | input: 0 | n: standard input from 5 to 0 is more than 10 times",
                "cached_input: 0 | cached_input: 0.001 | m: standard cached_input from 0 to 0.001",
                "output: 3 | output: 31 | o in long contexts: standard output from 3 to 31",
                "kind: chat | kind: chit | prices.yaml:5: m.kind: no such kind",
                "models: | models: [ | not YAML"
            })
    void refusesAFileThatCannotBeRightAndKeepsTheBook(String good, String bad, String why)
            throws IOException {
        look(SECOND.replaceFirst(good, bad));

        assertThat(prices.current().version()).isEqualTo("first");
        assertThat(prices.refusal()).hasValueSatisfying(told -> assertThat(told).contains(why));
    }

    @Test
    void refusesAFileThatLacksMostModels() throws IOException {
        look(SECOND.substring(0, SECOND.indexOf("  - name: n")));
        assertThat(prices.refusal())
                .hasValueSatisfying(told -> assertThat(told).endsWith("2 of 3 models are gone"));

        look(SECOND.substring(0, SECOND.indexOf("  - name: o")));
        assertThat(prices.refusal()).isEmpty();
        assertThat(prices.current().names()).containsExactly("m", "n");
    }

    @Test
    void forgetsARefusalWhenTheFileIsWhatItWas() throws IOException {
        look("nonsense");
        assertThat(prices.refusal()).isPresent();
        look(FIRST);
        assertThat(prices.refusal()).isEmpty();

        Files.delete(file);
        prices.look();
        assertThat(prices.refusal())
                .hasValueSatisfying(told -> assertThat(told).contains("cannot be read"));
        look(FIRST);
        assertThat(prices.refusal()).isEmpty();
    }

    @Test
    void followsTheFileUntilClosed() throws IOException {
        prices.follow(Duration.ofMillis(1));
        Files.writeString(file, SECOND);

        Eventually.ask(() -> prices.current().version(), "second"::equals);
        prices.close();
    }

    @Test
    void needsABookToBeginWithAndASensibleBound() {
        Prices.Settings none =
                new Prices.Settings(
                        folder.resolve("none"), Processing.GLOBAL, ToolTokens.Held.EXPECTED, 10);
        assertThatThrownBy(() -> Prices.open(none, () -> SampleBooks.NOW))
                .isInstanceOf(PriceBookException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                new Prices.Settings(
                                        file, Processing.GLOBAL, ToolTokens.Held.EXPECTED, 0))
                .withMessageContaining("prices.largest-jump");
    }

    private void look(String yaml) throws IOException {
        Files.writeString(file, yaml);
        prices.look();
    }

    private Rate inputRate() {
        ModelPrice price = prices.current().find("m", SampleBooks.NOW).orElseThrow();
        return price.rates().rate(ServiceTier.STANDARD, Unit.INPUT).orElseThrow();
    }
}
