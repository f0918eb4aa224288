package dev.oaiproxy.sandbox.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WordsTest {
    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o", "gpt-4", "gpt-4.1", "gpt-5", "o1"})
    void areOneTokenEachAlsoInARow(String name) {
        Model model = Model.named(name).orElseThrow();
        assertThat(new Tokenizer().count(model, Words.first(500))).isEqualTo(500);
    }
}
