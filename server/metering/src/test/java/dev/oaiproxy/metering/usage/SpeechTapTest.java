package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.CutResponses.CutResult;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class SpeechTapTest {
    private static final Lease LEASE = new ByteBudget(Long.MAX_VALUE).lease();

    private static final String SPOKEN = "ID3 spoken words, \"usage\", of any length";
    private static final String DONE =
            "event: speech.audio.done\ndata: {\"type\":\"speech.audio.done\",\"usage\":"
                    + "{\"input_tokens\":14,\"output_tokens\":101,\"total_tokens\":115}}\n\n";
    private static final UsageResult READ =
            new UsageResult.Complete(
                    new Usage(null, null, Map.of(Unit.INPUT, 14L, Unit.AUDIO_OUTPUT, 101L)));

    private static String deltas(int size, boolean padded) {
        StringBuilder events = new StringBuilder();
        for (int from = 0; from < SPOKEN.length(); from += size) {
            byte[] part =
                    SPOKEN.substring(from, Math.min(SPOKEN.length(), from + size)).getBytes(UTF_8);
            Base64.Encoder encoder = Base64.getEncoder();
            events.append(
                    delta((padded ? encoder : encoder.withoutPadding()).encodeToString(part)));
        }
        return events.toString();
    }

    private static String delta(String base64) {
        return "event: speech.audio.delta\n"
                + "data: {\"type\":\"speech.audio.delta\",\"audio\":\""
                + base64
                + "\"}\n\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void readsAStreamHoweverItIsCut(String lineEnd) {
        String answer = (deltas(6, true) + DONE).replace("\n", lineEnd);
        assertThat(CutResponses.everywhere(() -> Taps.speechStream(LEASE), answer))
                .isEqualTo(new CutResult(answer, READ));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void givesTheAudioAloneHoweverItIsCut(String lineEnd) {
        String answer = ("\ufeff: hello\n\n" + deltas(7, true) + DONE).replace("\n", lineEnd);
        assertThat(CutResponses.everywhere(() -> Taps.speechAudio(LEASE), answer))
                .isEqualTo(new CutResult(SPOKEN, READ));
    }

    @Test
    void decodesAudioThatIsCutAnywhere() {
        for (int size = 1; size < 9; size++) {
            assertThat(through(deltas(size, true) + DONE)).isEqualTo(new CutResult(SPOKEN, READ));
        }
        assertThat(through(deltas(9, false) + DONE)).isEqualTo(new CutResult(SPOKEN, READ));
        String whole = Base64.getEncoder().encodeToString(SPOKEN.getBytes(UTF_8));
        String parts = whole.replaceAll("(.{5})", delta("$1"));
        String rest = whole.substring(whole.length() / 5 * 5);
        String cut = parts.substring(0, parts.length() - rest.length()) + delta(rest);
        assertThat(through(cut + DONE)).isEqualTo(new CutResult(SPOKEN, READ));
    }

    @Test
    void isFinalWithTheDoneEvent() {
        for (Tap tap : new Tap[] {Taps.speechStream(LEASE), Taps.speechAudio(LEASE)}) {
            tap.pass(ByteBuffer.wrap(deltas(6, true).getBytes(UTF_8)));
            assertThat(tap.isFinal()).isFalse();
            assertThat(tap.reading()).isEqualTo(new UsageResult.Missing());
            tap.pass(ByteBuffer.wrap(DONE.getBytes(UTF_8)));
            assertThat(tap.isFinal()).isTrue();
            assertThat(tap.reading()).isEqualTo(READ);
        }
    }

    @Test
    void missesTheUsageOfWhatFailed() {
        String error = "data: {\"type\":\"error\",\"error\":{\"message\":\"m\"}}\n\n";
        CutResult failed = through(deltas(40, true) + error + "data: [DONE]\n\ndata: {\n\n");
        assertThat(failed).isEqualTo(new CutResult(SPOKEN, new UsageResult.Missing(true)));
        assertThat(through(deltas(40, true)))
                .isEqualTo(new CutResult(SPOKEN, new UsageResult.Missing(false)));
        String without = DONE.replace("\"input_tokens\":14,", "");
        assertThat(through(without).result())
                .isEqualTo(new UsageResult.Contradictory("input_tokens is missing or zero"));
    }

    private static CutResult through(String answer) {
        return CutResponses.through(Taps.speechAudio(LEASE), answer.getBytes(UTF_8), 50);
    }
}
