package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.usage.object.UsageResult;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;

/** Sends a response through taps, cut at every position. */
final class CutResponses {
    private CutResponses() {}

    /** The result of a tap: its output as text, and its usage. */
    record CutResult(String output, UsageResult result) {}

    /**
     * The result, which must be the same in one piece, in single bytes, and cut at every position.
     */
    static CutResult everywhere(Supplier<Tap> taps, String answer) {
        byte[] bytes = answer.getBytes(UTF_8);
        CutResult whole = through(taps.get(), bytes, bytes.length);
        assertThat(through(taps.get(), bytes, 1)).as("in single bytes").isEqualTo(whole);
        for (int cut = 1; cut < bytes.length; cut++) {
            assertThat(cutOnce(taps.get(), bytes, cut)).as("cut at %d", cut).isEqualTo(whole);
        }
        return whole;
    }

    static CutResult through(Tap tap, byte[] bytes, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int from = 0; from < bytes.length; from += size) {
            pass(tap, bytes, from, Math.min(bytes.length, from + size), out);
        }
        return end(tap, out);
    }

    private static CutResult cutOnce(Tap tap, byte[] bytes, int cut) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        pass(tap, bytes, 0, cut, out);
        pass(tap, bytes, cut, bytes.length, out);
        return end(tap, out);
    }

    /** Passes bytes in a buffer that is overwritten at once, like a reader's buffer. */
    private static void pass(Tap tap, byte[] bytes, int from, int to, ByteArrayOutputStream out) {
        byte[] padded = new byte[to - from + 7];
        System.arraycopy(bytes, from, padded, 3, to - from);
        ByteBuffer buffer = ByteBuffer.wrap(padded, 3, to - from);
        collect(tap.pass(buffer), out);
        assertThat(buffer.hasRemaining()).isFalse();
        Arrays.fill(padded, (byte) '!');
    }

    private static CutResult end(Tap tap, ByteArrayOutputStream out) {
        collect(tap.end(), out);
        assertThat(tap.isFinal()).isTrue();
        return new CutResult(out.toString(UTF_8), tap.reading());
    }

    private static void collect(ByteBuffer bytes, ByteArrayOutputStream out) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        out.writeBytes(copy);
    }
}
