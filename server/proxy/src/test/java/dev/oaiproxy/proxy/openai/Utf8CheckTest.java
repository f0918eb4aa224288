package dev.oaiproxy.proxy.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The check of UTF-8 against the JDK's decoder. */
@Tag("fast")
class Utf8CheckTest {
    @Test
    void saysWhatTheDecoderSaysOfAllShortSequences() {
        for (int first = 0x7f; first <= 0xff; first++) {
            for (int second = 0x7e; second <= 0xc1; second++) {
                assertSame(first, second);
                assertSame(first, second, 0x80);
                assertSame(first, second, 0xbf, 0x80);
                assertSame(first, second, 0x80, 0xbf, 'a');
            }
        }
    }

    @Test
    void saysWhatTheDecoderSaysOfRandomTexts() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            int[] points =
                    random.ints(5, 0, 0x110000).filter(c -> c < 0xd800 || c > 0xdfff).toArray();
            byte[] bytes = new String(points, 0, points.length).getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(inPieces(bytes)).as("seed %d", seed).isEqualTo(decodes(bytes));
        }
    }

    private static void assertSame(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        assertThat(inPieces(bytes)).as("%x %x", values[0], values[1]).isEqualTo(decodes(bytes));
    }

    private static boolean inPieces(byte[] bytes) {
        Utf8Check check = new Utf8Check();
        for (int i = 0; i < bytes.length; i++) {
            check.take(bytes, i, i + 1);
        }
        return check.isWhole();
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
