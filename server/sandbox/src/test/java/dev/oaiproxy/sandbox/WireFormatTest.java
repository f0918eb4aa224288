package dev.oaiproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("server")
final class WireFormatTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private static String response(String wire, boolean stream) {
        return SandboxClient.response(
                "gpt-4o", "[[tokens=2 wire=" + wire + "]]", "\"stream\":" + stream);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "crlf", "bytes", "multiline", "comments", "gzip"})
    void saysTheSameInEachShape(String wire) throws Exception {
        List<JsonNode> events = client.stream("/responses", response(wire, true));

        assertThat(events).hasSize(10);
        assertThat(events.get(4).path("delta").asText()).isEqualTo("This");
        assertThat(events.getLast().at("/response/usage/output_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void differsOnTheWire() throws Exception {
        assertThat(text(response("crlf", true))).contains("\r\ndata: ").doesNotContain("}\n");
        assertThat(text(response("multiline", true))).contains("\ndata:   \"type\"");
        assertThat(text(response("comments", true))).contains("\n\n: ping\n\n");
        String chat = SandboxClient.chat("gpt-4o", "[[wire=crlf]]", "\"stream\":true");
        assertThat(client.post(chat).body()).startsWith("data: {").contains("}\r\n\r\n");
    }

    private String text(String body) throws Exception {
        return client.send(client.post("/responses", body)).body();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isCompressedWhereTheClientAcceptsThat(boolean stream) throws Exception {
        HttpRequest request =
                client.request("/responses")
                        .header("Accept-Encoding", "gzip")
                        .POST(HttpRequest.BodyPublishers.ofString(response("gzip", stream)))
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
            assertThat(answer.headers().firstValue("content-encoding")).hasValue("gzip");
            GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(answer.body()));
            assertThat(new String(unpacked.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("This is")
                    .contains("output_tokens");
        }
    }
}
