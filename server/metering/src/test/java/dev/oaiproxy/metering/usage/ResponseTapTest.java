package dev.oaiproxy.metering.usage;

import static dev.oaiproxy.metering.usage.ResponseShapes.BACKGROUND;
import static dev.oaiproxy.metering.usage.ResponseShapes.TALK;
import static dev.oaiproxy.metering.usage.ResponseShapes.TERMS;
import static dev.oaiproxy.metering.usage.ResponseShapes.USAGE;
import static dev.oaiproxy.metering.usage.ResponseShapes.complete;
import static dev.oaiproxy.metering.usage.ResponseShapes.imageTool;
import static dev.oaiproxy.metering.usage.ResponseShapes.item;
import static dev.oaiproxy.metering.usage.ResponseShapes.response;
import static dev.oaiproxy.metering.usage.ResponseShapes.tool;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.request.facts.SampleFacts;
import dev.oaiproxy.metering.usage.CutResponses.CutResult;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class ResponseTapTest {
    @Test
    void readsAResponseHoweverItIsCut() {
        String answer = response("completed", TALK, USAGE, "");
        assertThat(CutResponses.everywhere(() -> Taps.response(TERMS), answer))
                .isEqualTo(new CutResult(answer, complete()));
    }

    @Test
    void takesWritesAsLongLivedWhenTheRequestMayHaveMadeThemSo() {
        ResponseTerms longLived = new ResponseTerms(true, false, null, "s", "c", null);
        assertThat(read(longLived, response("completed", TALK, USAGE, "")))
                .isInstanceOfSatisfying(
                        UsageResult.Complete.class,
                        read ->
                                assertThat(read.usage().quantity(Unit.CACHE_WRITE_12H))
                                        .isEqualTo(5000));
        String split =
                USAGE.replace(
                        "\"cache_write_tokens\":5000",
                        "\"cache_write_tokens\":5000,\"cache_write_tokens_details\":"
                                + "{\"ttl_30m_tokens\":3000,\"ttl_12h_tokens\":2000}");
        assertThat(read(longLived, response("completed", TALK, split, "")))
                .isInstanceOfSatisfying(
                        UsageResult.Complete.class,
                        read ->
                                assertThat(read.usage().quantities())
                                        .containsEntry(Unit.CACHE_WRITE, 3000L)
                                        .containsEntry(Unit.CACHE_WRITE_12H, 2000L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "incomplete", "failed", "cancelled"})
    void billsWhatStatesItsUsageHoweverItEnded(String status) {
        assertThat(read(TERMS, response(status, TALK, USAGE, ""))).isEqualTo(complete());
    }

    @Test
    void leavesTheBillOpenWhileTheResponseRuns() {
        for (String status : new String[] {"queued", "in_progress"}) {
            String answer = response(status, "", "null", "");
            assertThat(CutResponses.everywhere(() -> Taps.response(BACKGROUND), answer))
                    .isEqualTo(new CutResult(answer, new UsageResult.Pending("resp_1")));
        }
        assertThat(read(TERMS, response("in_progress", "", USAGE, "")))
                .isEqualTo(new UsageResult.Pending("resp_1"));
    }

    @Test
    void missesTheUsageOfWhatEndedWithout() {
        assertThat(read(TERMS, response("completed", "", "null", "")))
                .isEqualTo(new UsageResult.Missing(false, "resp_1"));
        assertThat(read(TERMS, response("failed", "", "null", "")))
                .isEqualTo(new UsageResult.Missing(true, "resp_1"));
        assertThat(read(TERMS, "{\"error\":{\"code\":\"server_error\"}}"))
                .isEqualTo(new UsageResult.Missing(true));
    }

    @Test
    void believesNoUsageOfAResponseThatBreaksOff() {
        String answer = response("completed", TALK, USAGE, "");
        String start = answer.substring(0, answer.length() - 1);
        assertThat(read(TERMS, start)).isEqualTo(new UsageResult.Missing(false, "resp_1"));
        assertThat(read(BACKGROUND, start)).isEqualTo(new UsageResult.Pending("resp_1"));
    }

    @Test
    void isFinalWithTheClosingBrace() {
        String answer = response("completed", TALK, USAGE, "");
        Tap tap = Taps.response(TERMS);
        tap.pass(ByteBuffer.wrap(answer.substring(0, answer.length() - 1).getBytes(UTF_8)));
        assertThat(tap.isFinal()).isFalse();
        tap.pass(ByteBuffer.wrap(new byte[] {'}'}));
        assertThat(tap.isFinal()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                ",\"action\":{\"type\":\"search\",\"query\":\"q\"} | 2",
                ",\"action\":{\"type\":\"open_page\",\"url\":\"u\"} | 0",
                ",\"action\":{\"type\":\"find_in_page\",\"pattern\":\"p\"} | 0",
                ",\"action\":null | 2",
                ",\"action\":\"open_page\" | 2",
                ",\"action\":{\"type\":[\"open_page\"]} | 2",
                "~~ | 2",
            })
    void countsSearchesOfTheWebByTheirAction(String members, long searches) {
        String call = item("web_search_call", members.equals("~~") ? "" : members);
        Usage[] beside =
                searches == 0
                        ? new Usage[0]
                        : new Usage[] {tool("tool:web_search", Unit.WEB_SEARCH, searches)};
        assertThat(read(TERMS, response("completed", call + "," + call, USAGE, "")))
                .isEqualTo(complete(beside));
    }

    @Test
    void prefersTheNumberOfSearchesThatIsStated() {
        String call = item("web_search_call", ",\"action\":{\"type\":\"search\"}");
        assertThat(read(TERMS, response("completed", call, USAGE, searches("3"))))
                .isEqualTo(complete(tool("tool:web_search", Unit.WEB_SEARCH, 3)));
        assertThat(read(TERMS, response("completed", call, USAGE, searches("0"))))
                .isEqualTo(complete());
        assertThat(read(TERMS, response("completed", call, USAGE, searches("null"))))
                .isEqualTo(complete(tool("tool:web_search", Unit.WEB_SEARCH, 1)));
        assertThat(read(TERMS, response("completed", call, USAGE, searches("-1"))))
                .isEqualTo(
                        new UsageResult.Contradictory("web_search: num_requests is not a count"));
    }

    private static String searches(String count) {
        return ",\"tool_usage\":{\"web_search\":{\"num_requests\":" + count + "}}";
    }

    @Test
    void countsFileSearchesAndDistinctContainers() {
        String output =
                String.join(
                        ",",
                        item("file_search_call", ",\"queries\":[\"q\"],\"results\":null"),
                        item("file_search_call", ",\"queries\":[]"),
                        item(
                                "code_interpreter_call",
                                ",\"container_id\":\"cntr_a\",\"code\":\"1\""),
                        item(
                                "code_interpreter_call",
                                ",\"container_id\":\"cntr_a\",\"code\":\"2\""),
                        item("code_interpreter_call", ",\"container_id\":\"cntr_named\""),
                        item(
                                "shell_call",
                                ",\"environment\":{\"type\":\"container_reference\","
                                        + "\"container_id\":\"cntr_b\"}"),
                        item("shell_call", ",\"environment\":{\"type\":\"local\"}"),
                        item("function_call", ",\"container_id\":\"cntr_c\""),
                        TALK);
        assertThat(read(TERMS, response("completed", output, USAGE, "")))
                .isEqualTo(
                        complete(
                                tool("tool:file_search", Unit.FILE_SEARCH, 2),
                                tool("tool:container:4g", Unit.CONTAINER_MINUTES, 40)));
    }

    @Test
    void countsACallThatDoesNotTellItsContainer() {
        String call = item("code_interpreter_call", "");
        assertThat(read(TERMS, response("completed", call + "," + call, USAGE, "")))
                .isEqualTo(complete(tool("tool:container:4g", Unit.CONTAINER_MINUTES, 20)));
    }

    @Test
    void partsTheTokensOfTheImageTool() {
        String images =
                ",\"tool_usage\":{\"image_gen\":{\"input_tokens\":150,\"input_tokens_details\":"
                        + "{\"text_tokens\":50,\"image_tokens\":100},\"output_tokens\":1056,"
                        + "\"output_tokens_details\":{\"text_tokens\":6,\"image_tokens\":1050},"
                        + "\"total_tokens\":1206,\"cached_tokens\":70,\"cached_tokens_details\":"
                        + "{\"cached_text_tokens\":10,\"cached_image_tokens\":60}},"
                        + "\"web_search\":{\"num_requests\":0}}";
        String answer = response("completed", item("image_generation_call", ""), USAGE, images);
        assertThat(read(TERMS, answer))
                .isEqualTo(
                        complete(
                                imageTool(
                                        Map.of(
                                                Unit.INPUT, 40L,
                                                Unit.CACHED_INPUT, 10L,
                                                Unit.IMAGE_INPUT, 40L,
                                                Unit.IMAGE_CACHED_INPUT, 60L,
                                                Unit.OUTPUT, 6L,
                                                Unit.IMAGE_OUTPUT, 1050L))));
        ResponseTerms without = new ResponseTerms(false, false, null, "s", "c", null);
        assertThat(read(without, answer)).isInstanceOf(UsageResult.Contradictory.class);
        assertThat(read(TERMS, answer.replace("\"cached_tokens\":70", "\"cached_tokens\":69")))
                .isEqualTo(
                        new UsageResult.Contradictory(
                                "image_gen: "
                                        + "input_tokens_details.cached_tokens_details.text_tokens"
                                        + " + input_tokens_details.cached_tokens_details"
                                        + ".image_tokens"
                                        + " 70 exceed input_tokens_details.cached_tokens 69"));
    }

    @Test
    void givesNoImageAwayWhoseTokensAreNotStated() {
        String call = item("image_generation_call", ",\"result\":\"iVBORw0KGgo=\"");
        assertThat(read(TERMS, response("completed", call, USAGE, "")))
                .isEqualTo(
                        new UsageResult.Contradictory(
                                "an image_generation_call without its usage"));
        String none =
                ",\"tool_usage\":{\"image_gen\":{\"input_tokens\":0,\"output_tokens\":0,"
                        + "\"total_tokens\":0}}";
        assertThat(read(TERMS, response("completed", TALK, USAGE, none))).isEqualTo(complete());
    }

    @Test
    void saysWhatContradicts() {
        String usage = USAGE.replace("\"cached_tokens\":4000", "\"cached_tokens\":10001");
        assertThat(read(TERMS, response("completed", TALK, usage, "")))
                .isEqualTo(
                        new UsageResult.Contradictory(
                                "input_tokens_details.cached_tokens 10001"
                                        + " exceed input_tokens 10000"));
        String odd = USAGE.replace("\"output_tokens\":500", "\"output_tokens\":-1");
        assertThat(read(TERMS, response("completed", TALK, odd, "")))
                .isEqualTo(new UsageResult.Contradictory("output_tokens is not a count"));
    }

    @Test
    void takesTheLargerOfTwoUsages() {
        String small = ",\"usage\":{\"input_tokens\":7,\"output_tokens\":3,\"total_tokens\":10}";
        String large =
                ",\"usage\":{\"input_tokens\":70000,\"output_tokens\":3,\"total_tokens\":70003}";
        assertThat(read(TERMS, response("completed", TALK, USAGE, small))).isEqualTo(complete());
        assertThat(read(TERMS, response("completed", TALK, USAGE, large)))
                .isInstanceOfSatisfying(
                        UsageResult.Complete.class,
                        read ->
                                assertThat(read.usage().quantities())
                                        .isEqualTo(Map.of(Unit.INPUT, 70_000L, Unit.OUTPUT, 3L)));
    }

    @Test
    void readsACompaction() {
        String answer =
                "{\"id\":\"cmp_1\",\"object\":\"response.compaction\",\"output\":["
                        + TALK
                        + "],\"usage\":"
                        + USAGE
                        + "}";
        assertThat(
                        CutResponses.everywhere(
                                () -> Taps.compaction(SampleFacts.chat("gpt-6-luna", 100).facts()),
                                answer))
                .isEqualTo(
                        new CutResult(
                                answer,
                                new UsageResult.Complete(
                                        new Usage(null, null, ResponseShapes.READ.quantities()))));
    }

    @Test
    void takesOfADecisionTheInputAlone() {
        String answer =
                "{\"id\":\"dec_1\",\"model\":\"gpt-6-luna\",\"usage\":"
                        + USAGE
                        + ",\"service_tier\":\"default\"}";
        assertThat(CutResponses.everywhere(Taps::decision, answer).result())
                .isEqualTo(
                        new UsageResult.Complete(
                                new Usage("gpt-6-luna", "default", Map.of(Unit.INPUT, 10000L))));
        assertThat(
                        CutResponses.everywhere(Taps::decision, "{\"usage\":{\"output_tokens\":1}}")
                                .result())
                .isEqualTo(new UsageResult.Contradictory("input_tokens is missing or zero"));
    }

    private static UsageResult read(ResponseTerms terms, String answer) {
        return CutResponses.through(Taps.response(terms), answer.getBytes(UTF_8), 100).result();
    }
}
