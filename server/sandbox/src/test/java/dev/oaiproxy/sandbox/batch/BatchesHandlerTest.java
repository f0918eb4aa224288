package dev.oaiproxy.sandbox.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.MultipartBody;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("server")
final class BatchesHandlerTest {
    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");

    @AutoClose private final SandboxClient client = SandboxClient.start();

    private static String line(String id, String url, String body) {
        return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"%s\",\"body\":%s}\n"
                .formatted(id, url, body);
    }

    private static String chat(String id, String text) {
        return line(id, "/v1/chat/completions", SandboxClient.chat("gpt-4o", text, ""));
    }

    private JsonNode start(String endpoint, String input, String directives) throws Exception {
        MultipartBody form =
                new MultipartBody()
                        .field("purpose", "batch")
                        .file("file", "in.jsonl", input.getBytes(StandardCharsets.UTF_8));
        JsonNode file = SandboxClient.JSON.readTree(client.send(form.to(client, "/files")).body());
        String order =
                """
                {"input_file_id":"%s","endpoint":"%s","completion_window":"24h",\
                "metadata":{"how":"%s"}}\
                """
                        .formatted(file.path("id").asText(), endpoint, directives);
        return client.json("/batches", order);
    }

    /** Polls until the batch has ended. */
    private JsonNode end(JsonNode batch) throws Exception {
        JsonNode now = batch;
        while (!ENDED.contains(now.path("status").asText())) {
            now = client.json("/batches/" + batch.path("id").asText(), "");
        }
        return now;
    }

    private List<String> lines(JsonNode id) throws Exception {
        String path = "/files/" + id.asText() + "/content";
        return client.send(client.request(path).build()).body().lines().toList();
    }

    @Test
    void runsItsLinesAndBillsThemAtItsTier() throws Exception {
        String input = chat("a", "Hi [[tokens=3]]") + chat("b", "[[fault=500]]") + chat("c", "Ho");
        JsonNode started = start("/v1/chat/completions", input, "");
        JsonNode batch = end(started);

        assertThat(started.path("status").asText()).isEqualTo("validating");
        assertThat(batch.path("status").asText()).isEqualTo("completed");
        assertThat(batch.path("request_counts").toString())
                .isEqualTo("{\"total\":3,\"completed\":2,\"failed\":1}");
        assertThat(batch.path("usage").path("output_tokens").asInt()).isEqualTo(3 + 16);
        JsonNode first =
                SandboxClient.JSON.readTree(lines(batch.path("output_file_id")).getFirst());
        assertThat(first.path("custom_id").asText()).isEqualTo("a");
        assertThat(first.path("response").path("status_code").asInt()).isEqualTo(200);
        assertThat(
                        first.path("response")
                                .path("body")
                                .path("usage")
                                .path("completion_tokens")
                                .asInt())
                .isEqualTo(3);
        assertThat(lines(batch.path("error_file_id"))).singleElement().asString().contains("500");
        assertThat(client.bill().entries())
                .extracting(SandboxBill.BillEntry::tier)
                .containsExactly("batch", "", "batch");
    }

    @Test
    void runsEmbeddingsAndResponses() throws Exception {
        String input = "{\"model\":\"text-embedding-3-small\",\"input\":\"hello world\"}";
        JsonNode embedded = end(start("/v1/embeddings", line("a", "/v1/embeddings", input), ""));
        JsonNode answered =
                end(
                        start(
                                "/v1/responses",
                                line(
                                        "a",
                                        "/v1/responses",
                                        SandboxClient.response("gpt-4o", "Hi", "")),
                                ""));

        assertThat(embedded.path("usage").path("input_tokens").asInt()).isEqualTo(2);
        assertThat(answered.path("usage").path("output_tokens").asInt()).isEqualTo(16);
        assertThat(client.bill().entries())
                .extracting(SandboxBill.BillEntry::operation)
                .containsExactly("embeddings", "responses");
        assertThat(client.bill().entries()).allMatch(entry -> entry.tier().equals("batch"));
    }

    @Test
    void expiresWithWhatItHas() throws Exception {
        String input = chat("a", "Hi") + chat("b", "Hi") + chat("c", "Hi");
        JsonNode batch = end(start("/v1/chat/completions", input, "[[end=expired after=2]]"));

        assertThat(batch.path("status").asText()).isEqualTo("expired");
        assertThat(batch.path("expired_at").isIntegralNumber()).isTrue();
        assertThat(lines(batch.path("output_file_id"))).hasSize(2);
        assertThat(lines(batch.path("error_file_id")))
                .singleElement()
                .asString()
                .contains("batch_expired");
        assertThat(client.bill().entries()).hasSize(2);
    }

    @Test
    void isCancelledWithWhatItHas() throws Exception {
        JsonNode batch =
                start("/v1/chat/completions", chat("a", "Hi") + chat("b", "Ho"), "[[delay=9s]]");
        String path = "/batches/" + batch.path("id").asText() + "/cancel";

        assertThat(client.json(path, "{}").path("status").asText()).isIn("cancelling", "cancelled");
        assertThat(end(batch).path("status").asText()).isEqualTo("cancelled");
        assertThat(client.bill().entries()).isEmpty();
        assertThat(client.json(path, "{}").has("error")).isTrue();
    }

    @Test
    void failsWhenALineIsWrong() throws Exception {
        String wrong = line("b", "/v1/embeddings", "{}") + chat("a", "Hi") + "{\n";
        JsonNode batch = end(start("/v1/chat/completions", chat("a", "Hi") + wrong, ""));

        assertThat(batch.path("status").asText()).isEqualTo("failed");
        assertThat(batch.path("errors").path("data").findValuesAsText("code"))
                .containsExactly("mismatched_url", "duplicate_custom_id", "invalid_json_line");
        assertThat(batch.path("errors").path("data").findValuesAsText("line"))
                .containsExactly("2", "3", "4");
        JsonNode told = end(start("/v1/chat/completions", chat("a", "Hi"), "[[end=failed]]"));
        assertThat(told.path("status").asText()).isEqualTo("failed");
        assertThat(client.bill().entries()).isEmpty();
    }

    @Test
    void hidesItsUsageAsTold() throws Exception {
        JsonNode batch = end(start("/v1/chat/completions", chat("a", "Hi"), "[[fault=no-usage]]"));
        assertThat(batch.has("usage")).isFalse();
        assertThat(client.json("/batches", "").path("data")).hasSize(1);
    }

    @Test
    void refusesWhatOpenAiRefuses() throws Exception {
        assertThat(start("/v1/files", chat("a", "Hi"), "").path("error").path("param").asText())
                .isEqualTo("endpoint");
        assertThat(start("/v1/embeddings", "", "[[fault=429]]").path("error").toString())
                .contains("rate_limit_exceeded");
        assertThat(client.json("/batches", "{}").path("error").path("param").asText())
                .isEqualTo("input_file_id");
        assertThat(client.json("/batches/batch_1", "").has("error")).isTrue();
    }
}
