package dev.oaiproxy.sandbox.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("server")
final class EmbeddingsHandlerTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private JsonNode embed(String model, String input, String more) throws Exception {
        return SandboxClient.JSON.readTree(
                client.send(client.post("/embeddings", body(model, input, more))).body());
    }

    private static String body(String model, String input, String more) {
        return "{\"model\":\"%s\",\"input\":%s%s}".formatted(model, input, more);
    }

    @Test
    void answersInOpenAisShape() throws Exception {
        JsonNode body = embed("text-embedding-3-small", "\"hello world\"", "");

        assertThat(body.path("object").asText()).isEqualTo("list");
        assertThat(body.path("model").asText()).isEqualTo("text-embedding-3-small");
        assertThat(body.path("data").path(0).path("object").asText()).isEqualTo("embedding");
        assertThat(body.path("data").path(0).path("embedding")).hasSize(1536);
        assertThat(body.path("usage").path("prompt_tokens").asInt()).isEqualTo(2);
        assertThat(body.path("usage").path("total_tokens").asInt()).isEqualTo(2);
        assertThat(client.bill().entries().getFirst().tokens().prompt()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[\"hello world\",\"hello\"] | 2 | 3",
                "[1,2,3,4] | 1 | 4",
                "[[1,2],[3]] | 2 | 3",
            })
    void embedsEveryInput(String input, int count, int tokens) throws Exception {
        JsonNode body = embed("text-embedding-3-large", input, ",\"dimensions\":8");

        assertThat(body.path("data")).hasSize(count);
        assertThat(body.path("data").path(0).path("embedding")).hasSize(8);
        assertThat(body.path("usage").path("total_tokens").asInt()).isEqualTo(tokens);
    }

    @Test
    void packsTheSameNumbersInBase64() throws Exception {
        String model = "text-embedding-ada-002";
        JsonNode plain = embed(model, "\"a\"", "").path("data").path(0).path("embedding");
        JsonNode body = embed(model, "\"a\"", ",\"encoding_format\":\"base64\"");

        assertThat(body.path("model").asText()).isEqualTo("text-embedding-ada-002-v2");
        byte[] bytes =
                Base64.getDecoder().decode(body.path("data").path(0).path("embedding").asText());
        ByteBuffer packed = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes).hasSize(1536 * 4);
        for (JsonNode number : plain) {
            assertThat(packed.getFloat()).isEqualTo(number.floatValue());
        }
    }

    @Test
    void refusesWhatOpenAiRefuses() throws Exception {
        String small = "text-embedding-3-small";
        assertThat(embed("gpt-4o", "\"a\"", "").path("error").path("code").asText())
                .isEqualTo("model_not_found");
        assertThat(embed(small, "\"\"", "").path("error").path("param").asText())
                .isEqualTo("input");
        assertThat(embed(small, "\"" + "a b ".repeat(9000) + "\"", "").path("error").toString())
                .contains("maximum context length");
        assertThat(embed(small, "\"[[fault=429]]\"", "").path("error").path("code").asText())
                .isEqualTo("rate_limit_exceeded");
    }

    @Test
    void cutsItsBody() {
        String body = body("text-embedding-3-small", "\"[[fault=cut after=900]]\"", "");
        assertThatThrownBy(() -> client.send(client.post("/embeddings", body)))
                .isInstanceOf(IOException.class);
    }
}
