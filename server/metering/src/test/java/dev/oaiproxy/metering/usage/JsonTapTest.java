package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.SampleFacts;
import dev.oaiproxy.metering.usage.CutResponses.CutResult;
import dev.oaiproxy.metering.usage.object.LongStrings;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class JsonTapTest {
    private static final RequestFacts FACTS = SampleFacts.chat("gpt-6-luna", 100).facts();

    private static final String CHAT =
            """
            {
              "id": "chatcmpl-C1",
              "object": "chat.completion",
              "created": 1795000000,
              "model": "gpt-4o-2024-08-06",
              "choices": [
                {
                  "index": 0,
                  "message": {
                    "role": "assistant",
                    "content": "\\"usage\\": {\\"prompt_tokens\\": 1} of \u20ac and \\ud83d\\ude00",
                    "model": "not-this", "usage": {"prompt_tokens": 5}, "error": {"code": 1},
                    "refusal": null
                  },
                  "logprobs": null,
                  "finish_reason": "stop"
                }
              ],
              "usage": {
                "prompt_tokens": 2006,
                "completion_tokens": 300,
                "total_tokens": 2306,
                "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0}
              },
              "service_tier": "default",
              "system_fingerprint": "fp_1"
            }
            """;

    @Test
    void readsAChatAnswerHoweverItIsCut() {
        assertThat(CutResponses.everywhere(JsonTapTest::chat, CHAT))
                .isEqualTo(
                        new CutResult(
                                CHAT,
                                complete(
                                        "gpt-4o-2024-08-06",
                                        "default",
                                        Map.of(
                                                Unit.INPUT, 86L,
                                                Unit.CACHED_INPUT, 1920L,
                                                Unit.OUTPUT, 300L))));
    }

    @Test
    void readsEmbeddingsHoweverTheyAreCut() {
        String answer =
                """
                {"object":"list","data":[{"object":"embedding",
                "index":0,"embedding":[-0.0069,1e-5,0]},
                {"object":"embedding","index":1,"embedding":"zczMPQ=="}],
                "model":"text-embedding-3-small",
                "usage":{"prompt_tokens":8,"total_tokens":8}}""";
        assertThat(CutResponses.everywhere(Taps::embeddings, answer))
                .isEqualTo(
                        new CutResult(
                                answer,
                                complete("text-embedding-3-small", null, Map.of(Unit.INPUT, 8L))));
    }

    @Test
    void isFinalWithTheClosingBraceAndNotBefore() {
        Tap tap = Taps.chat(FACTS);
        int brace = CHAT.lastIndexOf('}');
        tap.pass(bytes(CHAT.substring(0, brace)));
        assertThat(tap.isFinal()).isFalse();
        tap.pass(bytes("}"));
        assertThat(tap.isFinal()).isTrue();
        assertThat(tap.reading()).isInstanceOf(UsageResult.Complete.class);
        assertThat(tap.pass(bytes(" \n{}x")).remaining()).isEqualTo(5);
        assertThat(tap.end().hasRemaining()).isFalse();
        assertThat(tap.reading()).isInstanceOf(UsageResult.Complete.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}</html>",
                "[{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}]",
                "null",
                "{}",
                "{\"usage\":null}",
                "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1",
                "{\"a\":1,}",
                "\ufeff e",
                "{\"choices\":[{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}]}",
            })
    void missesAUsageThatIsNotStated(String answer) {
        assertThat(CutResponses.everywhere(JsonTapTest::chat, answer))
                .isEqualTo(new CutResult(answer, new UsageResult.Missing()));
    }

    @Test
    void noticesAnError() {
        String answer =
                "{\"error\":{\"message\":\"The server had an error\",\"type\":\"server_error\"}}";
        assertThat(CutResponses.everywhere(JsonTapTest::chat, answer))
                .isEqualTo(new CutResult(answer, new UsageResult.Missing(true)));
        String none = "{\"error\":null}";
        assertThat(CutResponses.everywhere(JsonTapTest::chat, none))
                .isEqualTo(new CutResult(none, new UsageResult.Missing(false)));
    }

    @Test
    void believesAUsageAlsoWhenTheRestIsCutOff() {
        String answer = "{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4},\"service_ti";
        assertThat(CutResponses.everywhere(JsonTapTest::chat, answer).result())
                .isEqualTo(complete(null, null, Map.of(Unit.INPUT, 3L, Unit.OUTPUT, 4L)));
    }

    @Test
    void saysWhatContradicts() {
        String answer = "{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":-4}}";
        assertThat(CutResponses.everywhere(JsonTapTest::chat, answer).result())
                .isEqualTo(new UsageResult.Contradictory("completion_tokens is not a count"));
    }

    @Test
    void readsADirectBuffer() {
        ByteBuffer direct = ByteBuffer.allocateDirect(4096);
        direct.put(bytes(CHAT)).flip();
        Tap tap = Taps.chat(FACTS);
        assertThat(UTF_8.decode(tap.pass(direct)).toString()).isEqualTo(CHAT);
        assertThat(direct.hasRemaining()).isFalse();
        assertThat(tap.reading()).isInstanceOf(UsageResult.Complete.class);
    }

    @Test
    void readsAnAnswerWhoseStringsAreLongerThanAParserMayKeep() {
        String answer =
                "{\"choices\":[{\"audio\":{\"data\":\""
                        + "UklG".repeat(8_000_000)
                        + "\"}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}";
        CutResult outcome = CutResponses.through(Taps.chat(FACTS), answer.getBytes(UTF_8), 16_384);
        assertThat(outcome.output()).hasSameSizeAs(answer);
        assertThat(outcome.result()).isInstanceOf(UsageResult.Complete.class);
    }

    @Test
    void cutsNoCharacterAndNoEscapeOfALongString() {
        String usage = "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}";
        String odd = "\u20ac\ud83d\ude00\\ud83d\\ude00\\\"\\\\" + "\u00e9\\u005c\\u0022";
        for (int size = LongStrings.KEPT - 64; size < LongStrings.KEPT + 64; size++) {
            String text = "a".repeat(size) + odd + "{" + odd;
            String answer = "{\"a\":\"" + text + "\",\"b\":[\"" + text + "\"]," + usage + "}";
            for (int pieces : new int[] {1, 7, 100_000}) {
                assertThat(CutResponses.through(Taps.chat(FACTS), answer.getBytes(UTF_8), pieces))
                        .as("size %d in pieces of %d", size, pieces)
                        .isEqualTo(
                                new CutResult(
                                        answer,
                                        complete(
                                                null,
                                                null,
                                                Map.of(Unit.INPUT, 3L, Unit.OUTPUT, 4L))));
            }
        }
    }

    private static Tap chat() {
        return Taps.chat(FACTS);
    }

    private static UsageResult complete(
            @Nullable String model, @Nullable String tier, Map<Unit, Long> quantities) {
        return new UsageResult.Complete(new Usage(model, tier, quantities));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
