package dev.oaiproxy.ledger.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
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

    /** Compares with a regular expression for keys, on texts made of pieces of keys. */
    @Test
    void masksWhatTheExpressionFindsInAnyText() {
        Pattern key =
                Pattern.compile("(?i)(?<![a-z0-9])(sk-(?:oap-[a-z0-9]{10}-)?|ek_)[a-z0-9_-]{16,}+");
        String[] pieces = {
            "s",
            "k",
            "e",
            "-",
            "_",
            "sk-",
            "SK-",
            "ek_",
            "Ek_",
            "sk_",
            "oap-",
            "OAP-",
            "0123456789",
            "0123456789-",
            "abcdefghijklmnop",
            "ABCDEF",
            "q",
            " ",
            "\"",
            "ü",
            "\n",
            "K",
            "\u212a"
        };
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int found = 0;
        for (int i = 0; i < 100_000; i++) {
            StringBuilder made = new StringBuilder();
            for (int pieceCount = random.nextInt(12); pieceCount > 0; pieceCount--) {
                made.append(pieces[random.nextInt(pieces.length)]);
            }
            String text = made.toString();
            String masked = key.matcher(text).replaceAll("$1***");
            found += masked.equals(text) ? 0 : 1;
            assertThat(Redaction.keys(text)).as("seed %d: %s", seed, text).isEqualTo(masked);
            assertThat(Redaction.isNeeded(text)).isEqualTo(!masked.equals(text));
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            assertThat(new String(Redaction.keys(body), StandardCharsets.UTF_8)).isEqualTo(masked);
        }
        assertThat(found).isGreaterThan(1000);
    }
}
