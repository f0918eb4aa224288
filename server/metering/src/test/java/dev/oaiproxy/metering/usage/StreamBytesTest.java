package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.request.facts.SampleFacts;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
class StreamBytesTest {
    private static final Lease LEASE = new ByteBudget(Long.MAX_VALUE).lease();

    private static final int STREAMS = 300;

    private static final Map<String, Supplier<Tap>> TAPS =
            Map.of(
                    "chat",
                            () ->
                                    Taps.chatStream(
                                            SampleFacts.chat("gpt-6-luna", 100).stream(true, true)
                                                    .facts(),
                                            LEASE),
                    "response", () -> Taps.responseStream(ResponseShapes.TERMS, LEASE),
                    "image", () -> Taps.imageStream(LEASE),
                    "speech", () -> Taps.speechStream(LEASE),
                    "transcript", () -> Taps.transcriptStream(LEASE));

    private static final List<String> PIECES =
            List.of(
                    "data: ",
                    "data:",
                    "event: response.completed",
                    ": comment",
                    "\n",
                    "\n\n",
                    "\r\n",
                    "\r",
                    "{\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"usage\":",
                    "{\"type\":\"image_generation.completed\",\"usage\":",
                    "{\"type\":\"speech.audio.done\",\"usage\":",
                    "{\"type\":\"transcript.text.done\",\"usage\":",
                    "{\"input_tokens\":1,\"output_tokens\":2}",
                    "}}",
                    "}",
                    "\"\\\"usage\\\" \u20ac\"",
                    "[DONE]",
                    "\ufeff",
                    "x".repeat(EventTap.LONGEST_WHOLE));

    @Test
    void letsEveryByteOfAStreamPassWhateverItSaysAndHoweverItIsCut() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < STREAMS; i++) {
            byte[] stream = stream(random);
            TAPS.forEach(
                    (name, taps) ->
                            assertThat(through(taps.get(), stream, random))
                                    .as("%s, seed %d", name, seed)
                                    .isEqualTo(stream));
        }
    }

    private static byte[] stream(Random random) {
        StringBuilder stream = new StringBuilder();
        int pieces = random.nextInt(40);
        for (int i = 0; i < pieces; i++) {
            stream.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return stream.toString().getBytes(UTF_8);
    }

    private static byte[] through(Tap tap, byte[] stream, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int longest = random.nextBoolean() ? 20_000 : 100_000;
        int from = 0;
        while (from < stream.length) {
            int to = Math.min(stream.length, from + 1 + random.nextInt(longest));
            collect(tap.pass(ByteBuffer.wrap(stream, from, to - from)), out);
            from = to;
        }
        collect(tap.end(), out);
        assertThat(tap.isFinal()).isTrue();
        assertThat(tap.reading()).isNotNull();
        return out.toByteArray();
    }

    private static void collect(ByteBuffer bytes, ByteArrayOutputStream out) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        out.writeBytes(copy);
    }
}
