package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.CutResponses.CutResult;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class TranscriptTapTest {
    private static final Lease LEASE = new ByteBudget(Long.MAX_VALUE).lease();

    private static final String TOKENS =
            "{\"type\":\"tokens\",\"input_tokens\":66,\"input_token_details\":"
                    + "{\"text_tokens\":10,\"audio_tokens\":56},\"output_tokens\":21,"
                    + "\"total_tokens\":87}";
    private static final Map<Unit, Long> TOKEN_UNITS =
            Map.of(Unit.INPUT, 10L, Unit.AUDIO_INPUT, 56L, Unit.OUTPUT, 21L);

    private static final String VERBOSE =
            """
            {"task":"transcribe","language":"english","duration":8.470000267028809,
            "text":"Hello \\"you\\" \u20ac. Bye -->.","segments":[
            {"id":0,"seek":0,"start":0.0,"end":3.319999933242798,"text":" Hello \\"you\\" \u20ac.",
            "tokens":[50364,440],"temperature":0.0},
            {"id":1,"seek":0,"start":3.32,"end":3725.0196,"text":" Bye -->.\\n","tokens":[]}],
            "usage":{"type":"duration","seconds":9}}\
            """;

    private static UsageResult units(Map<Unit, Long> units) {
        return new UsageResult.Complete(new Usage(null, null, units));
    }

    private static String json(String usage) {
        return "{\"text\":\"\\\"usage\\\":{\\\"seconds\\\":1}\",\"usage\":" + usage + "}";
    }

    private static UsageResult read(String usage) {
        Tap tap = Taps.transcript(TranscriptFormat.AS_SENT, LEASE);
        return CutResponses.through(tap, json(usage).getBytes(UTF_8), 10).result();
    }

    @Test
    void readsATranscriptHoweverItIsCut() {
        assertThat(
                        CutResponses.everywhere(
                                () -> Taps.transcript(TranscriptFormat.AS_SENT, LEASE),
                                json(TOKENS)))
                .isEqualTo(new CutResult(json(TOKENS), units(TOKEN_UNITS)));
    }

    @Test
    void takesTokensForAudioWhereTheDetailsAreLeftOut() {
        assertThat(read("{\"type\":\"tokens\",\"input_tokens\":66,\"output_tokens\":21}"))
                .isEqualTo(units(Map.of(Unit.AUDIO_INPUT, 66L, Unit.OUTPUT, 21L)));
        assertThat(read(TOKENS.replace("input_token_details", "input_tokens_details")))
                .isEqualTo(units(TOKEN_UNITS));
    }

    @ParameterizedTest
    @CsvSource({"7,7", "7.0,7", "7.01,8", "0.2,1", "\"8.47\",9", "1e1,10"})
    void roundsSecondsUp(String stated, long seconds) {
        assertThat(read("{\"type\":\"duration\",\"seconds\":" + stated + "}"))
                .isEqualTo(units(Map.of(Unit.SECONDS, seconds)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "true", "\"x\"", "1e99", "{}", "\"NaN\""})
    void doubtsWhatIsNoLength(String stated) {
        assertThat(read("{\"type\":\"duration\",\"seconds\":" + stated + "}"))
                .isInstanceOf(UsageResult.Contradictory.class);
    }

    @Test
    void takesTheLengthOfTheAudioWhereThereIsNoUsage() {
        String translation = VERBOSE.replaceAll(",\\s*\"usage\":.*}}", "}");
        assertThat(
                        CutResponses.everywhere(
                                () -> Taps.transcript(TranscriptFormat.JSON, LEASE), translation))
                .isEqualTo(
                        new CutResult(
                                "{\"text\":\"Hello \\\"you\\\" \u20ac. Bye -->.\"}",
                                units(Map.of(Unit.SECONDS, 9L))));
        assertThat(read("null")).isEqualTo(new UsageResult.Missing());
    }

    @Test
    void writesText() {
        assertThat(
                        CutResponses.everywhere(
                                () -> Taps.transcript(TranscriptFormat.TEXT, LEASE), json(TOKENS)))
                .isEqualTo(new CutResult("\"usage\":{\"seconds\":1}\n", units(TOKEN_UNITS)));
    }

    @Test
    void writesSrt() {
        assertThat(
                        CutResponses.everywhere(
                                () -> Taps.transcript(TranscriptFormat.SRT, LEASE), VERBOSE))
                .isEqualTo(
                        new CutResult(
                                """
                                1
                                00:00:00,000 --> 00:00:03,320
                                Hello "you" \u20ac.

                                2
                                00:00:03,320 --> 01:02:05,020
                                Bye ->.

                                """,
                                units(Map.of(Unit.SECONDS, 9L))));
    }

    @Test
    void writesVtt() {
        assertThat(
                        CutResponses.everywhere(
                                () -> Taps.transcript(TranscriptFormat.VTT, LEASE), VERBOSE))
                .isEqualTo(
                        new CutResult(
                                """
                                WEBVTT

                                00:00:00.000 --> 00:00:03.320
                                Hello "you" \u20ac.

                                00:00:03.320 --> 01:02:05.020
                                Bye ->.

                                """,
                                units(Map.of(Unit.SECONDS, 9L))));
    }

    @ParameterizedTest
    @EnumSource(TranscriptFormat.class)
    void passesWhatItCannotTurn(TranscriptFormat asked) {
        for (String answer : new String[] {"", "not json", "{\"error\":{\"code\":1}}", "[]"}) {
            assertThat(
                            CutResponses.everywhere(() -> Taps.transcript(asked, LEASE), answer)
                                    .output())
                    .isEqualTo(answer);
        }
        String large = json(TOKENS).replace("seconds", "s".repeat(TranscriptTap.LARGEST));
        CutResult outcome =
                CutResponses.through(Taps.transcript(asked, LEASE), large.getBytes(UTF_8), 100_000);
        assertThat(outcome.output().equals(large)).isTrue();
        assertThat(outcome.result()).isEqualTo(units(TOKEN_UNITS));
    }

    @Test
    void passesATranscriptWithoutSegmentsWhereTheyAreNeeded() {
        assertThat(
                        CutResponses.everywhere(
                                () -> Taps.transcript(TranscriptFormat.SRT, LEASE), json(TOKENS)))
                .isEqualTo(new CutResult(json(TOKENS), units(TOKEN_UNITS)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void readsAStreamHoweverItIsCut(String lineEnd) {
        String answer =
                ("data: {\"type\":\"transcript.text.delta\",\"delta\":\"\\\"usage\\\":{}\"}\n\n"
                                + "data: {\"type\":\"transcript.text.done\",\"text\":\"x\","
                                + "\"usage\":"
                                + TOKENS
                                + "}\n\n")
                        .replace("\n", lineEnd);
        assertThat(CutResponses.everywhere(() -> Taps.transcriptStream(LEASE), answer))
                .isEqualTo(new CutResult(answer, units(TOKEN_UNITS)));
        String start =
                answer.substring(0, answer.indexOf("data: {\"type\":\"transcript.text.done"));
        assertThat(CutResponses.everywhere(() -> Taps.transcriptStream(LEASE), start).result())
                .isEqualTo(new UsageResult.Missing());
    }
}
