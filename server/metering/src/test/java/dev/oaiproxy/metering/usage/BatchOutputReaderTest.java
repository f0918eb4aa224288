package dev.oaiproxy.metering.usage;

import static dev.oaiproxy.metering.usage.ResponseShapes.READ;
import static dev.oaiproxy.metering.usage.ResponseShapes.TERMS;
import static dev.oaiproxy.metering.usage.ResponseShapes.USAGE;
import static dev.oaiproxy.metering.usage.ResponseShapes.item;
import static dev.oaiproxy.metering.usage.ResponseShapes.response;
import static dev.oaiproxy.metering.usage.ResponseShapes.tool;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.BatchOutputReader.OutputLine;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
class BatchOutputReaderTest {
    private static final String CHAT = "/v1/chat/completions";

    private static String line(String id, int status, String body) {
        return "{\"id\":\"batch_req_1\",\"custom_id\":\""
                + id
                + "\",\"response\":{\"status_code\":"
                + status
                + ",\"request_id\":\"r\",\"body\":"
                + body
                + "},\"error\":null}\n";
    }

    private static String chat(String content, long input) {
        return "{\"id\":\"c\",\"model\":\"gpt-4o-mini\",\"service_tier\":\"default\",\"choices\":[{"
                + "\"message\":{\"content\":\""
                + content
                + "\"}}],\"usage\":{\"prompt_tokens\":"
                + input
                + ",\"completion_tokens\":2}}";
    }

    private static UsageResult batch(@Nullable String model, Map<Unit, Long> units) {
        return new UsageResult.Complete(new Usage(model, "batch", units));
    }

    private static List<OutputLine> read(String endpoint, InputStream file) throws IOException {
        List<OutputLine> lines = new ArrayList<>();
        BatchOutputReader reader = new BatchOutputReader(file, endpoint, TERMS);
        for (OutputLine line = reader.next(); line != null; line = reader.next()) {
            lines.add(line);
        }
        return lines;
    }

    private static List<OutputLine> read(String endpoint, String file) throws IOException {
        return read(endpoint, new ByteArrayInputStream(file.getBytes(UTF_8)));
    }

    @Test
    void readsEachLineHoweverTheFileComes() throws IOException {
        String file =
                line("a", 200, chat("\\\"usage\\\"", 5))
                        + "\r\n \n"
                        + line("b", 400, "{\"error\":{\"message\":\"m\"}}")
                        + "{\"custom_id\":\"c\",\"response\":null,"
                        + "\"error\":{\"code\":\"batch_expired\"}}\r\n"
                        + "nonsense\n"
                        + line("d", 200, chat("x", 7)).strip();
        List<OutputLine> lines =
                List.of(
                        new OutputLine(
                                "a",
                                200,
                                batch("gpt-4o-mini", Map.of(Unit.INPUT, 5L, Unit.OUTPUT, 2L))),
                        new OutputLine("b", 400, new UsageResult.Missing(true)),
                        new OutputLine("c", 0, new UsageResult.Missing(true)),
                        new OutputLine(null, 0, new UsageResult.Missing(false)),
                        new OutputLine(
                                "d",
                                200,
                                batch("gpt-4o-mini", Map.of(Unit.INPUT, 7L, Unit.OUTPUT, 2L))));
        assertThat(read(CHAT, file)).isEqualTo(lines);
        InputStream slow =
                new FilterInputStream(new ByteArrayInputStream(file.getBytes(UTF_8))) {
                    @Override
                    public int read(byte[] bytes, int from, int length) throws IOException {
                        return super.read(bytes, from, Math.min(length, 1));
                    }
                };
        assertThat(read(CHAT, slow)).isEqualTo(lines);
    }

    @Test
    void readsTheShapesOfAllEndpoints() throws IOException {
        String search = item("web_search_call", ",\"action\":{\"type\":\"search\"}");
        assertThat(read("/v1/responses", line("a", 200, response("completed", search, USAGE, ""))))
                .containsExactly(
                        new OutputLine(
                                "a",
                                200,
                                new UsageResult.Complete(
                                        new Usage(READ.model(), "batch", READ.quantities()),
                                        List.of(tool("tool:web_search", Unit.WEB_SEARCH, 1)))));
        assertThat(
                        read(
                                "/v1/embeddings",
                                line(
                                        "a",
                                        200,
                                        "{\"model\":\"e\",\"usage\":{\"prompt_tokens\":8}}")))
                .containsExactly(new OutputLine("a", 200, batch("e", Map.of(Unit.INPUT, 8L))));
        assertThat(
                        read(
                                "/v1/images/generations",
                                line(
                                        "a",
                                        200,
                                        "{\"usage\":{\"input_tokens\":5,\"output_tokens\":9}}")))
                .containsExactly(
                        new OutputLine(
                                "a",
                                200,
                                batch(null, Map.of(Unit.IMAGE_INPUT, 5L, Unit.IMAGE_OUTPUT, 9L))));
        assertThat(read("/v1/novel", line("a", 200, chat("x", 7))))
                .containsExactly(new OutputLine("a", 200, new UsageResult.Missing()));
    }

    @Test
    void keepsLittleOfLinesOfManyMegabytes() throws IOException {
        String image = item("image_generation_call", "").replace("i_1", "i".repeat(20_000_000));
        String file =
                line("a", 200, response("completed", image, USAGE, "")) + line("b", 200, "{}");
        assertThat(read("/v1/responses", file))
                .extracting(OutputLine::result)
                .containsExactly(
                        new UsageResult.Contradictory("an image_generation_call without its usage"),
                        new UsageResult.Missing());
    }
}
