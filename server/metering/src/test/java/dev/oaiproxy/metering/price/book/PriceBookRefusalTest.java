package dev.oaiproxy.metering.price.book;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A valid file with one error at a time. */
@Tag("fast")
class PriceBookRefusalTest {
    private static final String GOOD =
            """
            version: test.1
            currency: USD
            models:
              - name: m
                aliases: [m-1]
                kind: chat
                context_window: 1000
                max_output_tokens: 100
                prices:
                  - from: 2026-01-01
                    rates:
                      standard: {input: 1, cached_input: 0.5, output: 2}
                      priority: {input: 2, cached_input: 1, output: 4}
                    long_context:
                      above_input_tokens: 500
                      rates:
                        standard: {input: 2, cached_input: 1, output: 3}
                    source: [nowhere]
              - name: n
                kind: embedding
                context_window: 1000
                prices:
                  - until: 2026-01-01
                    rates: {standard: {input: 1}}
                  - from: 2026-01-01
                    rates: {standard: {input: 2}}
            """;

    @TempDir Path folder;

    @Test
    void takesTheGoodFile() {
        SampleBooks.load(folder, GOOD);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "version: test.1 | edition: 1 | edition: no such field",
                "version: test.1 | version: a b | version: not a version",
                "currency: USD | currency: EUR | must be USD",
                "kind: chat | kind: chit | m.kind: no such kind",
                "kind: chat | sort: chat | m.sort: no such field",
                "max_output_tokens: 100 | image_input: {tile: 170} | 'base' is missing",
                "max_output_tokens: 100 | image_input: {base: 8, tile: 0} | not a number of tokens",
                "max_output_tokens: 100 | image_input: {patch: 0.5, low: 1, high: 1, auto: 1}"
                        + " | not a factor from 1 to 10",
                "max_output_tokens: 100 | image_input: {patch: 1, low: 1, high: 1}"
                        + " | 'auto' is missing",
                "max_output_tokens: 100 | image_input: {patch: 1, low: 1, high: all, auto: 1}"
                        + " | m.image_input.high: not a number of tokens",
                "max_output_tokens: 100 | image_input: {base: 1, tile: 1, patch: 1}"
                        + " | m.image_input.patch: no such field",
                "name: n | name: m | m: occurs twice",
                "name: n | name: m-1 | the name m-1 has two prices at one time",
                "aliases: [m-1] | aliases: [m-1, m-1] | the name m-1 has two prices at one time",
                "aliases: [m-1] | aliases: [n] | the name n has two prices at one time",
                "aliases: [m-1] | aliases: m-1 | m.aliases: not a list",
                "context_window: 1000 | context_window: 1.5 | m.context_window: not a number",
                "max_output_tokens: 100 | max_output_tokens: 0 | m.max_output_tokens: not a number",
                "max_output_tokens: 100 | context_window: 100 | 'context_window' occurs twice",
                "context_window: 1000 | shutdown: soon | not a date: 'soon'",
                "context_window: 1000 | regional_uplift: 0.9 | not a factor from 1 to 10",
                "context_window: 1000 | regional_uplift: 1.1"
                        + " | nothing bounds the tokens of the input",
                "kind: embedding | kind: image" + " | standard lacks image_input and image_output",
                "kind: embedding | kind: transcription"
                        + " | standard lacks seconds, or audio_input and output",
                "kind: embedding | kind: speech" + " | standard lacks characters, or audio_output",
                "kind: embedding | kind: realtime | standard lacks audio_input",
                "kind: embedding | kind: tool | standard lacks seconds, or characters",
                "from: 2026-01-01 | from: 2026-02-30 | m.prices.from: not a date",
                "from: 2026-01-01 | begin: 2026-01-01 | m.prices.begin: no such field",
                "until: 2026-01-01 | until: 2026-01-02 | n: the name n has two prices at one time",
                "input: 1, cached | input: -1, cached | m.prices.rates.standard.input: not a rate",
                "input: 1, cached | input: 1e3, cached | m.prices.rates.standard.input: not a rate",
                "input: 1, cached | input: 0.0000000001, cached | too fine",
                "input: 1, cached | input: , cached | a value is missing",
                "input: 1, cached | input: [1], cached | standard.input: not a single value",
                "input: 1, cached | tokens: 1, cached | standard.tokens: no such unit",
                "{standard: {input: 1}} | {standard: {output: 1}}"
                        + " | n.prices: rates: standard lacks input",
                "output: 2} | audio_output: 2}"
                        + " | m.prices.rates: priority names output, standard not",
                "priority: {input: 2, cached_input: 1 | priority: {input: 2 | lacks cached_input",
                "priority: | warp: | m.prices.rates.warp: no such tier",
                "priority: | batch: {cache_write: 1} # | names cache_write, standard not",
                "standard: {input: 2, cached_input: 1 | standard: {input: 2"
                        + " | m.prices: long_context: standard lacks",
                "standard: {input: 2, cached | flex: {input: 2, cached"
                        + " | m.prices.long_context.rates: the standard tier is missing",
                "above_input_tokens: 500 | above: 500 | m.prices.long_context",
                "above_input_tokens: 500 | above_input_tokens: none | not a number of tokens",
                "version: test.1 | version: [test.1 | not YAML"
            })
    void refusesWhatIsWrongAndSaysWhere(String good, String bad, String complaint) {
        String spoilt = GOOD.replaceFirst(Pattern.quote(good), bad);
        assertThatThrownBy(() -> SampleBooks.load(folder, spoilt))
                .isInstanceOf(PriceBookException.class)
                .hasMessageContaining("prices.yaml")
                .hasMessageContaining(complaint);
    }

    @Test
    void namesTheLine() {
        assertThatThrownBy(
                        () ->
                                SampleBooks.load(
                                        folder, GOOD.replace("cached_input: 0.5", "wax: 0.5")))
                .hasMessageEndingWith("prices.yaml:12: m.prices.rates.standard.wax: no such unit");
    }

    @Test
    void refusesAFileThatIsNotThereOrEmpty() {
        assertThatThrownBy(() -> PriceBook.load(folder.resolve("none.yaml")))
                .isInstanceOf(PriceBookException.class)
                .hasMessageContaining("none.yaml cannot be read");
        assertThatThrownBy(() -> SampleBooks.load(folder, ""))
                .isInstanceOf(PriceBookException.class);
        assertThatThrownBy(() -> SampleBooks.load(folder, GOOD + "---\n" + GOOD))
                .hasMessageContaining("more than one document");
    }
}
