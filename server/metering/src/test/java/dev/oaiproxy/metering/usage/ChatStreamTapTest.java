package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.request.facts.SampleFacts;
import dev.oaiproxy.metering.usage.CutResponses.CutResult;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class ChatStreamTapTest {
    private static final Lease LEASE = new ByteBudget(Long.MAX_VALUE).lease();

    private static final String USAGE =
            "{\"prompt_tokens\":19,\"completion_tokens\":10,\"total_tokens\":29,"
                    + "\"prompt_tokens_details\":{\"cached_tokens\":4,\"audio_tokens\":0},"
                    + "\"completion_tokens_details\":{\"reasoning_tokens\":6}}";

    private static final UsageResult READ =
            new UsageResult.Complete(
                    new Usage(
                            "gpt-4o-mini-2024-07-18",
                            "default",
                            Map.of(Unit.INPUT, 15L, Unit.CACHED_INPUT, 4L, Unit.OUTPUT, 10L)));

    /** OpenAI's stream; the marks enclose parts that the client must not see. */
    private static final String MARKED =
            ": keep-alive\n\n"
                    + delta("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}")
                    + delta("{\"content\":\"the \\\"usage\\\":null and \\\"usage\\\":{} \u20ac\"}")
                    + delta(
                            "{\"content\":\",\\\"usage\",\"usage\":null"
                                    + ",\"x\":{\"usage\":{\"a\":[1]}}}")
                    + delta("{\"content\":\"data: [DONE]\\n\\n\"}")
                    + "event: message\nid: 7\n"
                    + delta("{}")
                    + "\u00ab"
                    + "data: "
                    + chunk("[]", ",\"usage\":" + USAGE)
                    + "\n\n\u00bb"
                    + "data: [DONE]\n\n";

    private static final String ASKED = MARKED.replaceAll("[\u00ab\u00bb]", "");
    private static final String NOT_ASKED = MARKED.replaceAll("\u00ab[^\u00bb]*\u00bb", "");

    private static Tap untouched() {
        return Taps.chatStream(
                SampleFacts.chat("gpt-6-luna", 100).stream(true, true).facts(), LEASE);
    }

    private static Tap stripping() {
        return Taps.chatStream(
                SampleFacts.chat("gpt-6-luna", 100).stream(true, false).facts(), LEASE);
    }

    private static String delta(String delta) {
        String choices =
                "[{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":null}]";
        return "data: " + chunk(choices, "\u00ab,\"usage\":null\u00bb") + "\n\n";
    }

    private static String chunk(String choices, String usage) {
        return "{\"id\":\"chatcmpl-C1\",\"object\":\"chat.completion.chunk\""
                + ",\"created\":1795000000,"
                + "\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\","
                + "\"system_fingerprint\":\"fp_1\",\"choices\":"
                + choices
                + usage
                + ",\"obfuscation\":\"aZ9\"}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void passesUntouchedWhatTheClientAskedFor(String lineEnd) {
        String answer = ASKED.replace("\n", lineEnd);
        assertThat(CutResponses.everywhere(ChatStreamTapTest::untouched, answer))
                .isEqualTo(new CutResult(answer, READ));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void stripsWhatTheClientDidNotAskFor(String lineEnd) {
        assertThat(
                        CutResponses.everywhere(
                                ChatStreamTapTest::stripping, ASKED.replace("\n", lineEnd)))
                .isEqualTo(new CutResult(NOT_ASKED.replace("\n", lineEnd), READ));
    }

    @Test
    void leavesAStreamAloneThatHasNothingToStrip() {
        assertThat(CutResponses.everywhere(ChatStreamTapTest::stripping, NOT_ASKED))
                .isEqualTo(new CutResult(NOT_ASKED, new UsageResult.Missing()));
    }

    @Test
    void skipsAByteOrderMark() {
        String answer = "\ufeff" + ASKED.substring(ASKED.indexOf("data:"));
        String stripped = "\ufeff" + NOT_ASKED.substring(NOT_ASKED.indexOf("data:"));
        assertThat(CutResponses.everywhere(ChatStreamTapTest::untouched, answer))
                .isEqualTo(new CutResult(answer, READ));
        assertThat(CutResponses.everywhere(ChatStreamTapTest::stripping, answer))
                .isEqualTo(new CutResult(stripped, READ));
    }

    @Test
    void readsDataOfSeveralLines() {
        String answer =
                """
                data: {"model":"m",
                data:"choices":[1]
                data: ,
                data:  "usage":
                data:null}

                data: {"choices":
                data: [],"usage":{"prompt_tokens":1,
                data:
                data: "completion_tokens":2}
                data: }

                """;
        String stripped =
                """
                data: {"model":"m",
                data:"choices":[1]
                data:%1$s
                data:%1$s
                data:}

                """
                        .formatted(" ");
        UsageResult read =
                new UsageResult.Complete(
                        new Usage("m", null, Map.of(Unit.INPUT, 1L, Unit.OUTPUT, 2L)));
        assertThat(CutResponses.everywhere(ChatStreamTapTest::untouched, answer))
                .isEqualTo(new CutResult(answer, read));
        assertThat(CutResponses.everywhere(ChatStreamTapTest::stripping, answer))
                .isEqualTo(new CutResult(stripped, read));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{«\"usage\":null,»\"a\":1}",
                "{ «\"usage\" : null , »\"a\":1}",
                "{«\"usage\":null»}",
                "{\"a\":1 «, \"usage\":null»}",
                "{\"a\":1«,\t\"usage\":null», \"b\":2}",
                "{\"a\":[{\"usage\":null}]«,\"usage\":null»,\"b\":{\"usage\":null}}",
                "{\"choices\":[{}]«,\"usage\":{\"prompt_tokens\":1"
                        + ",\"completion_tokens\":{}}»,\"b\":2}",
                "{\"a\":1«,\"usage\":\"\\\"}\"»,\"b\":2}",
                "{\"choices\":[]«,\"usage\":null»,\"prompt_filter_results\":[]}",
            })
    void stripsTheMemberWithItsCommaWhereverItStands(String marked) {
        String sent = "data: " + marked.replaceAll("[«»]", "") + "\n\n";
        String seen = "data: " + marked.replaceAll("«[^»]*»", "") + "\n\n";
        assertThat(CutResponses.everywhere(ChatStreamTapTest::stripping, sent).output())
                .isEqualTo(seen);
    }

    @Test
    void takesTheLastUsageBesideChoicesUnlessOneComesAlone() {
        String first =
                "data: {\"choices\":[{}],\"usage\":"
                        + "{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n";
        String second = first.replace("\"completion_tokens\":1", "\"completion_tokens\":2");
        assertThat(CutResponses.everywhere(ChatStreamTapTest::untouched, first + second).result())
                .isEqualTo(read(1, 2));
        String alone =
                "data: {\"choices\":[],\"usage\":"
                        + "{\"prompt_tokens\":3,\"completion_tokens\":3}}\n\n";
        assertThat(
                        CutResponses.everywhere(
                                        ChatStreamTapTest::untouched, first + alone + second)
                                .result())
                .isEqualTo(read(3, 3));
    }

    @Test
    void takesTheLargerOfTwoUsagesThatComeAlone() {
        String large =
                "data: {\"choices\":[],\"usage\":"
                        + "{\"prompt_tokens\":3,\"completion_tokens\":3}}\n\n";
        String small = large.replace("3", "1");
        for (String both : List.of(large + small, small + large)) {
            assertThat(CutResponses.everywhere(ChatStreamTapTest::untouched, both).result())
                    .isEqualTo(read(3, 3));
        }
    }

    @Test
    void isFinalWithDone() {
        for (Supplier<Tap> taps :
                List.<Supplier<Tap>>of(
                        ChatStreamTapTest::untouched, ChatStreamTapTest::stripping)) {
            Tap tap = taps.get();
            int usage = ASKED.indexOf("data: " + chunk("[]", ",\"usage\":" + USAGE));
            int done = ASKED.indexOf("data: [DONE]\n\n");
            tap.pass(bytes(ASKED.substring(0, usage)));
            assertThat(tap.isFinal()).isFalse();
            tap.pass(bytes(ASKED.substring(usage, done)));
            assertThat(tap.isFinal()).isFalse();
            tap.pass(bytes(ASKED.substring(done, ASKED.length() - 1)));
            assertThat(tap.isFinal()).isFalse();
            tap.pass(bytes("\n"));
            assertThat(tap.isFinal()).isTrue();
            Tap without = taps.get();
            without.pass(bytes(ASKED.substring(0, usage)));
            without.pass(bytes(ASKED.substring(done)));
            assertThat(without.isFinal()).isTrue();
            assertThat(without.reading()).isEqualTo(new UsageResult.Missing());
        }
    }

    @Test
    void handsEachEventOnAtOnce() {
        Tap stripping = stripping();
        assertThat(text(stripping.pass(bytes("data: {\"a\":1}\r\n")))).isEmpty();
        assertThat(text(stripping.pass(bytes("\r\ndata: {")))).isEqualTo("data: {\"a\":1}\r\n\r\n");
        assertThat(text(stripping.end())).isEqualTo("data: {");
        Tap untouched = untouched();
        assertThat(text(untouched.pass(bytes("dat")))).isEqualTo("dat");
        assertThat(text(untouched.end())).isEmpty();
    }

    @Test
    void readsAnEventThatTheEndCutsShortOfItsEmptyLine() {
        String answer = ASKED.substring(0, ASKED.lastIndexOf("\n\ndata: [DONE]"));
        assertThat(CutResponses.everywhere(ChatStreamTapTest::untouched, answer))
                .isEqualTo(new CutResult(answer, READ));
        assertThat(CutResponses.everywhere(ChatStreamTapTest::stripping, answer))
                .isEqualTo(
                        new CutResult(
                                NOT_ASKED.substring(0, NOT_ASKED.lastIndexOf("data: [DONE]")),
                                READ));
    }

    @Test
    void noticesAnErrorInTheStream() {
        String error = "data: {\"error\":{\"message\":\"usage\",\"type\":\"server_error\"}}\n\n";
        String start = delta("{}").replaceAll("[\u00ab\u00bb]", "");
        UsageResult failed = new UsageResult.Missing(true);
        assertThat(CutResponses.everywhere(ChatStreamTapTest::untouched, error))
                .isEqualTo(new CutResult(error, failed));
        assertThat(CutResponses.everywhere(ChatStreamTapTest::untouched, start + error).result())
                .isEqualTo(failed);
        assertThat(CutResponses.everywhere(ChatStreamTapTest::stripping, start + error).result())
                .isEqualTo(failed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}\n\n",
                "data: [{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}]\n\n",
                "data: {\"choices\":[{\"usage\":"
                        + "{\"prompt_tokens\":1,\"completion_tokens\":1}}]}\n\n",
                "data: \"usage\"\n\n",
                "date: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n",
                "data\n\n",
                "data:\n\n",
                "\n\n\n",
                "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}",
            })
    void letsPassUnreadWhatIsNotAChunk(String answer) {
        CutResult unread = new CutResult(answer, new UsageResult.Missing());
        assertThat(CutResponses.everywhere(ChatStreamTapTest::untouched, answer)).isEqualTo(unread);
        assertThat(CutResponses.everywhere(ChatStreamTapTest::stripping, answer)).isEqualTo(unread);
    }

    @Test
    void saysWhatContradicts() {
        String answer = ASKED.replace("\"reasoning_tokens\":6", "\"reasoning_tokens\":11");
        UsageResult contradictory =
                new UsageResult.Contradictory(
                        "completion_tokens_details.reasoning_tokens"
                                + " 11 exceed completion_tokens 10");
        assertThat(CutResponses.everywhere(ChatStreamTapTest::untouched, answer).result())
                .isEqualTo(contradictory);
        assertThat(CutResponses.everywhere(ChatStreamTapTest::stripping, answer))
                .isEqualTo(new CutResult(NOT_ASKED, contradictory));
    }

    @Test
    void letsPassUnreadAnEventWithoutEnd() {
        String start = ASKED.substring(0, ASKED.indexOf("data: {\"id\""));
        String rest = ASKED.substring(start.length());
        String restStripped = NOT_ASKED.substring(start.length());
        String huge =
                "data: {\"usage\":\"" + "x".repeat(EventCollector.LONGEST_EVENT) + "\"}\r\n\r\n";
        byte[] answer = (start + huge + rest).getBytes(UTF_8);
        assertThat(CutResponses.through(stripping(), answer, 8191))
                .isEqualTo(new CutResult(start + huge + restStripped, READ));
        assertThat(CutResponses.through(untouched(), answer, 8191))
                .isEqualTo(new CutResult(start + huge + rest, READ));
    }

    private static UsageResult read(long input, long output) {
        return new UsageResult.Complete(
                new Usage(null, null, Map.of(Unit.INPUT, input, Unit.OUTPUT, output)));
    }

    private static String text(ByteBuffer bytes) {
        return UTF_8.decode(bytes).toString();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
