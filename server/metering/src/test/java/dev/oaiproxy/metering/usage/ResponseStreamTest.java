package dev.oaiproxy.metering.usage;

import static dev.oaiproxy.metering.usage.ResponseShapes.BACKGROUND;
import static dev.oaiproxy.metering.usage.ResponseShapes.TALK;
import static dev.oaiproxy.metering.usage.ResponseShapes.TERMS;
import static dev.oaiproxy.metering.usage.ResponseShapes.USAGE;
import static dev.oaiproxy.metering.usage.ResponseShapes.complete;
import static dev.oaiproxy.metering.usage.ResponseShapes.event;
import static dev.oaiproxy.metering.usage.ResponseShapes.item;
import static dev.oaiproxy.metering.usage.ResponseShapes.response;
import static dev.oaiproxy.metering.usage.ResponseShapes.start;
import static dev.oaiproxy.metering.usage.ResponseShapes.tool;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.usage.CutResponses.CutResult;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class ResponseStreamTest {
    private static final Lease LEASE = new ByteBudget(Long.MAX_VALUE).lease();

    private static final String SEARCH =
            item("web_search_call", ",\"action\":{\"type\":\"search\"}");

    private static Tap tap() {
        return Taps.responseStream(TERMS, LEASE);
    }

    private static String last(String status, String output, String usage) {
        return event("response." + status, "\"response\":" + response(status, output, usage, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void readsAStreamHoweverItIsCut(String lineEnd) {
        String answer =
                ("\ufeff: hello\n\n" + start(TALK) + last("completed", TALK, USAGE))
                        .replace("\n", lineEnd);
        assertThat(CutResponses.everywhere(ResponseStreamTest::tap, answer))
                .isEqualTo(new CutResult(answer, complete()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "incomplete", "failed"})
    void takesTheUsageOfEachLastEvent(String status) {
        assertThat(read(TERMS, start(TALK) + last(status, TALK, USAGE))).isEqualTo(complete());
    }

    @Test
    void takesTheLargerUsageOfTwoLastEvents() {
        String large = last("completed", TALK, USAGE);
        String small = large.replaceAll("(tokens\":) ?[0-9]+", "$1 1");
        assertThat(read(TERMS, start(TALK) + large + small)).isEqualTo(complete());
        assertThat(read(TERMS, start(TALK) + small + large)).isEqualTo(complete());
    }

    @Test
    void countsTheCallsOfToolsOnce() {
        String items = start(SEARCH, TALK, SEARCH);
        UsageResult two = complete(tool("tool:web_search", Unit.WEB_SEARCH, 2));
        assertThat(read(TERMS, items + last("completed", SEARCH + "," + SEARCH, USAGE)))
                .isEqualTo(two);
        assertThat(read(TERMS, items + last("completed", "", USAGE))).isEqualTo(two);
        assertThat(read(TERMS, last("completed", SEARCH + "," + SEARCH, USAGE))).isEqualTo(two);
    }

    @Test
    void exemptsANamedContainerAlsoAmongItemsThatCameBefore() {
        String named = item("code_interpreter_call", ",\"container_id\":\"cntr_named\"");
        String other = item("code_interpreter_call", ",\"container_id\":\"cntr_a\"");
        assertThat(read(TERMS, start(named, other) + last("completed", "", USAGE)))
                .isEqualTo(complete(tool("tool:container:4g", Unit.CONTAINER_MINUTES, 20)));
    }

    @Test
    void isFinalWithTheLastEventAndNotBefore() {
        String answer = start(TALK) + last("completed", TALK, USAGE);
        Tap tap = tap();
        tap.pass(bytes(answer.substring(0, answer.length() - 1)));
        assertThat(tap.isFinal()).isFalse();
        assertThat(tap.pass(bytes("\n")).remaining()).isEqualTo(1);
        assertThat(tap.isFinal()).isTrue();
        tap.pass(bytes(last("completed", "", "{\"input_tokens\":1,\"output_tokens\":1}")));
        assertThat(tap.reading()).isEqualTo(complete());
    }

    @Test
    void missesTheUsageOfAStreamWithoutItsLastEvent() {
        assertThat(read(TERMS, start(TALK))).isEqualTo(new UsageResult.Missing(false, "resp_1"));
        assertThat(read(BACKGROUND, start(TALK))).isEqualTo(new UsageResult.Pending("resp_1"));
        assertThat(read(BACKGROUND, ": nothing\n\n")).isEqualTo(new UsageResult.Missing());
        Tap broken = Taps.responseStream(BACKGROUND, LEASE);
        broken.pass(bytes(start(TALK)));
        assertThat(broken.reading()).isEqualTo(new UsageResult.Pending("resp_1"));
    }

    @Test
    void noticesThatItFailed() {
        String failed = last("failed", "", "null");
        assertThat(read(TERMS, start(TALK) + failed))
                .isEqualTo(new UsageResult.Missing(true, "resp_1"));
        String error = event("error", "\"code\":\"server_error\",\"message\":\"m\",\"param\":null");
        assertThat(CutResponses.everywhere(ResponseStreamTest::tap, start() + error))
                .isEqualTo(new CutResult(start() + error, new UsageResult.Missing(true, "resp_1")));
        assertThat(read(TERMS, "data: {\"error\":{\"message\":\"m\"}}\n\n"))
                .isEqualTo(new UsageResult.Missing(true));
    }

    @Test
    void readsDataOfSeveralLines() {
        String whole = last("completed", TALK, USAGE);
        String answer = start() + whole.replace(",\"", "\ndata:,\ndata: \"");
        assertThat(CutResponses.everywhere(ResponseStreamTest::tap, answer))
                .isEqualTo(new CutResult(answer, complete()));
    }

    @Test
    void readsALastEventThatTheEndCutsShortOfItsEmptyLine() {
        String answer = start(TALK) + last("completed", TALK, USAGE).stripTrailing();
        assertThat(read(TERMS, answer)).isEqualTo(complete());
    }

    @Test
    void takesNoTextForAUsage() {
        String lure =
                event(
                                "response.output_text.done",
                                "\"text\":\"x\",\"usage\":"
                                        + USAGE
                                        + ",\"output\":["
                                        + SEARCH
                                        + "]")
                        + event("response.custom", "\"response\":{\"x\":" + TALK + "}")
                        + "data: not json \"response.completed\"\n\n"
                        + "date: {\"type\":\"response.completed\"}\n\n";
        assertThat(read(TERMS, start() + lure)).isEqualTo(new UsageResult.Missing(false, "resp_1"));
        assertThat(read(TERMS, start() + lure + last("completed", TALK, USAGE)))
                .isEqualTo(complete());
    }

    @Test
    void readsALastEventOfManyMegabytes() {
        String image =
                item(
                        "image_generation_call",
                        ",\"result\":\"" + "iVBORw0K".repeat(2_600_000) + "\"");
        String none = ",\"tool_usage\":{\"image_gen\":{\"input_tokens\":0,\"output_tokens\":0}}";
        String answer =
                start()
                        + event(
                                "response.completed",
                                "\"response\":" + response("completed", image, USAGE, none));
        for (int size : new int[] {8191, 1 << 20}) {
            CutResult outcome = CutResponses.through(tap(), answer.getBytes(UTF_8), size);
            assertThat(outcome.result()).isEqualTo(complete());
            assertThat(outcome.output()).hasSameSizeAs(answer);
        }
    }

    private static UsageResult read(ResponseTerms terms, String answer) {
        return CutResponses.through(Taps.responseStream(terms, LEASE), answer.getBytes(UTF_8), 100)
                .result();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
