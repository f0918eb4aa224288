package dev.oaiproxy.ledger.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masking of a stream, for every way to cut it into writes. */
@Tag("fast")
class MaskingStreamTest {
    private static final String[] PARTS = {
        "sk-",
        "SK-",
        "ek_",
        "Ek_",
        "sk_",
        "e",
        "oap-",
        "s",
        "k",
        "-",
        "_",
        "a",
        "Z",
        "7",
        "abcdefghij",
        "0123456789",
        "\"",
        " ",
        "aaaaaaaaaaaaaaa",
        "bbbbbbbbbbbbbbbb",
        "\u00e9",
        "sk",
        "oap",
        "sk-oap-abcdefghij-"
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "sk-",
                "sk-0123456789abcde",
                "sk-0123456789abcdef",
                "ek_0123456789abcdef",
                "ek_oap-abcdefghij-0123456789abcdef",
                "eek_0123456789abcdef, ek-0123456789abcdef, sk_0123456789abcdef",
                "use sk-oap-abcdefghij-0123456789abcdef!",
                "use sk-oap-abcdefghij-0123456789abcde!",
                "use SK-OAP-ABCDEFGHIJ-0123456789abcdefgggg",
                "risk-0123456789abcdef0123",
                "s-sk-0123456789abcdef",
                "sk-sk-sk-0123456789abcdef",
                "sk-a!sk-0123456789abcdef_sk-0123456789abcdef",
                "sk-oap-abcdefghij_0123456789abcdef"
            })
    void masksWhatTheExpressionMasks(String text) throws IOException {
        assertSame(text.getBytes(StandardCharsets.ISO_8859_1), text.length() + 1, text);
        assertSame(text.getBytes(StandardCharsets.ISO_8859_1), 1, text);
    }

    @Test
    void masksWhatTheExpressionMasksInRandomTexts() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                text.append(PARTS[random.nextInt(PARTS.length)]);
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
            assertSame(bytes, 1 + random.nextInt(9), "seed " + seed + ": " + text);
        }
    }

    private static void assertSame(byte[] bytes, int step, String what) throws IOException {
        ByteArrayOutputStream masked = new ByteArrayOutputStream();
        MaskingStream out = new MaskingStream(masked);
        for (int at = 0; at < bytes.length; at += step) {
            out.write(bytes, at, Math.min(step, bytes.length - at));
        }
        out.flush();
        assertThat(masked.toString(StandardCharsets.ISO_8859_1))
                .as(what)
                .isEqualTo(new String(Redaction.keys(bytes), StandardCharsets.ISO_8859_1));
    }
}
