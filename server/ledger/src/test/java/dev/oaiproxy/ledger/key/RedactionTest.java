package dev.oaiproxy.ledger.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
final class RedactionTest {
    @Test
    void keyKeepsItsPublicIdOnly() {
        Secret key = Secret.random();
        assertThat(Redaction.keys("use " + key.reveal() + "!")).isEqualTo("use " + key + "!");
    }

    @Test
    void keyOfOpenAiIsMaskedAsAWhole() {
        assertThat(Redaction.keys("{\"k\":\"sk-proj-abcDEF123_456-7890\"}"))
                .isEqualTo("{\"k\":\"sk-***\"}");
    }

    @Test
    void wordsThatOnlyEndLikeAKeyAreLeft() {
        String text = "risk-management-for-everyone, task-00000000000000000000, sk-learn";
        assertThat(Redaction.keys(text)).isEqualTo(text);
    }

    @Test
    void messageMasksAKeyThatHasLostItsBeginning() {
        String rest = Secret.random().reveal().substring(5);
        assertThat(Redaction.message("no model `" + rest + "`")).isEqualTo("no model `***`");
    }

    @Test
    void messageNamesModels() {
        String text = "no model gpt-4o-realtime-preview-2024-12-17";
        assertThat(Redaction.message(text)).isEqualTo(text);
    }

    @Test
    void bodyIsChangedNowhereElse() {
        byte[] body = "ü sk-oap-0123456789-abcdefghijklmnop ü".getBytes(StandardCharsets.UTF_8);
        assertThat(new String(Redaction.keys(body), StandardCharsets.UTF_8))
                .isEqualTo("ü sk-oap-0123456789-*** ü");
    }
}
