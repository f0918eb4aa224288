package dev.oaiproxy.sandbox.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
final class CannedTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o", "gpt-4", "gpt-4.1", "gpt-5", "o1"})
    void areOneTokenEachAlsoInARow(String name) {
        TextModel model = TextModel.named(name).orElseThrow();
        assertThat(new Tokenizer().count(model, CannedText.first(500))).isEqualTo(500);
    }
}
