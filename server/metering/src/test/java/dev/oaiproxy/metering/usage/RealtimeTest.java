package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.object.UsageReader;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
class RealtimeTest {
    private static UsageResult read(String json) {
        return UsageReader.realtime(json.getBytes(UTF_8));
    }

    private static String done(String status, String usage) {
        return "{\"type\":\"response.done\",\"event_id\":\"e\",\"response\":{\"id\":\"resp_1\","
                + "\"object\":\"realtime.response\",\"status\":\""
                + status
                + "\",\"output\":[],\"usage\":"
                + usage
                + "}}";
    }

    private static UsageResult units(Map<Unit, Long> units) {
        return new UsageResult.Complete(new Usage(null, null, units));
    }

    @Test
    void partsByModalityAndByWhatWasCachedOfEach() {
        String usage =
                "{\"total_tokens\":253,\"input_tokens\":132,\"output_tokens\":121,"
                        + "\"input_token_details\":{\"text_tokens\":119,\"audio_tokens\":13,"
                        + "\"image_tokens\":0,\"cached_tokens\":64,\"cached_tokens_details\":"
                        + "{\"text_tokens\":64,\"audio_tokens\":0,\"image_tokens\":0}},"
                        + "\"output_token_details\":{\"text_tokens\":30,\"audio_tokens\":91}}";
        UsageResult vector =
                units(
                        Map.of(
                                Unit.INPUT, 55L,
                                Unit.CACHED_INPUT, 64L,
                                Unit.AUDIO_INPUT, 13L,
                                Unit.OUTPUT, 30L,
                                Unit.AUDIO_OUTPUT, 91L));
        assertThat(read(done("completed", usage))).isEqualTo(vector);
        String unsplit = usage.replaceAll(",\"cached_tokens_details\":\\{[^}]*}", "");
        assertThat(read(done("completed", unsplit))).isEqualTo(vector);
        String audio =
                usage.replace("{\"text_tokens\":64,\"audio_tokens\":0", "{\"audio_tokens\":9");
        assertThat(read(done("completed", audio.replace("_tokens\":64", "_tokens\":9"))))
                .isEqualTo(
                        units(
                                Map.of(
                                        Unit.INPUT, 119L,
                                        Unit.AUDIO_INPUT, 4L,
                                        Unit.AUDIO_CACHED_INPUT, 9L,
                                        Unit.OUTPUT, 30L,
                                        Unit.AUDIO_OUTPUT, 91L)));
        String odd =
                usage.replace("\"audio_tokens\":0,\"image_tokens\":0}", "\"audio_tokens\":14}");
        assertThat(read(done("completed", odd))).isInstanceOf(UsageResult.Contradictory.class);
    }

    @Test
    void takesNothingForFreeThatStatesNothing() {
        assertThat(read(done("cancelled", "{\"input_tokens\":0,\"output_tokens\":0}")))
                .isEqualTo(units(Map.of()));
        assertThat(read(done("cancelled", "{}"))).isInstanceOf(UsageResult.Contradictory.class);
        assertThat(read(done("cancelled", "null")))
                .isEqualTo(new UsageResult.Missing(false, "resp_1"));
        assertThat(read(done("failed", "null"))).isEqualTo(new UsageResult.Missing(true, "resp_1"));
    }

    @Test
    void readsWhatATranscriptCost() {
        String start =
                "{\"type\":\"conversation.item.input_audio_transcription.completed\","
                        + "\"item_id\":\"i\",\"transcript\":\"\\\"usage\\\"\",\"usage\":";
        assertThat(read(start + "{\"type\":\"duration\",\"seconds\":2.4}}"))
                .isEqualTo(units(Map.of(Unit.SECONDS, 3L)));
        assertThat(
                        read(
                                start
                                        + "{\"type\":\"tokens\",\"input_tokens\":14,"
                                        + "\"input_token_details\":{\"audio_tokens\":14},"
                                        + "\"output_tokens\":5}}"))
                .isEqualTo(units(Map.of(Unit.AUDIO_INPUT, 14L, Unit.OUTPUT, 5L)));
    }

    @Test
    void findsNoUsageInOtherEvents() {
        assertThat(read("{\"type\":\"error\",\"error\":{\"message\":\"m\"}}"))
                .isEqualTo(new UsageResult.Missing(true));
        String created = done("in_progress", "{\"input_tokens\":1,\"output_tokens\":1}");
        assertThat(read(created.replace("response.done", "response.created")))
                .isEqualTo(new UsageResult.Missing());
        assertThat(read("no json")).isEqualTo(new UsageResult.Missing());
    }

    @Test
    void readsAResponseThatWasFetched() {
        String answer = ResponseShapes.response("completed", "", ResponseShapes.USAGE, "");
        assertThat(UsageReader.response(answer.getBytes(UTF_8), ResponseShapes.TERMS))
                .isEqualTo(ResponseShapes.complete());
    }
}
