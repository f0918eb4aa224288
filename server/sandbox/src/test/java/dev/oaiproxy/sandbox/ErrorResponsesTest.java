package dev.oaiproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("server")
final class ErrorResponsesTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    @Test
    void checksTheKey() throws Exception {
        HttpRequest nobody =
                HttpRequest.newBuilder(client.request("/models").build().uri()).build();
        assertThat(error(client.send(nobody), 401).path("message").asText())
                .startsWith("You didn't provide an API key");
        HttpRequest stranger =
                client.request("/models").setHeader("Authorization", "Bearer sk-other").build();
        JsonNode error = error(client.send(stranger), 401);
        assertThat(error.path("code").asText()).isEqualTo("invalid_api_key");
        assertThat(error.path("message").asText()).doesNotContain("sk-other");
    }

    @Test
    void refusesAnotherOrganisation() throws Exception {
        HttpRequest other =
                client.request("/models").header("OpenAI-Organization", "org-other").build();
        assertThat(error(client.send(other), 401).path("code").asText())
                .isEqualTo("mismatched_organization");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt-9 | | 404 | model_not_found |",
                "text-embedding-3-small | | 404 | | model",
                "gpt-4o | \"stream_options\":{} | 400 | | stream_options",
                "gpt-4o | \"n\":0 | 400 | | n",
                "gpt-4o | \"max_tokens\":0 | 400 | | max_tokens",
                "gpt-4o | \"service_tier\":\"flex\" | 400 | | service_tier",
                "gpt-5 | \"service_tier\":\"gold\" | 400 | | service_tier",
                "gpt-5 | \"max_tokens\":5 | 400 | unsupported_parameter | max_tokens",
            })
    void refusesWhatOpenAiRefuses(String model, String more, int status, String code, String param)
            throws Exception {
        String request = SandboxClient.chat(model, "Hello", more == null ? "" : more);
        JsonNode error = error(client.post(request), status);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("code").asText(null)).isEqualTo(code);
        assertThat(error.path("param").asText(null)).isEqualTo(param);
    }

    @Test
    void refusesABodyThatIsNoChat() throws Exception {
        assertThat(error(client.post("{"), 400).path("message").asText())
                .startsWith("We could not parse the JSON body");
        error(client.post("[]"), 400);
        error(client.post(""), 400);
        error(client.post("{}"), 400);
        JsonNode error = error(client.post("{\"model\":\"gpt-4o\"}"), 400);
        assertThat(error.path("code").asText()).isEqualTo("missing_required_parameter");
    }

    @Test
    void refusesPathsThatDoNotExist() throws Exception {
        JsonNode error = error(client.send(client.request("/nothing").build()), 404);
        assertThat(error.path("message").asText()).isEqualTo("Invalid URL (GET /v1/nothing)");
    }

    @Test
    void listsItsModels() throws Exception {
        JsonNode all =
                SandboxClient.JSON.readTree(client.send(client.request("/models").build()).body());
        assertThat(all.path("data").findValuesAsText("id"))
                .contains("gpt-4o", "gpt-4o-2024-08-06", "text-embedding-3-small");
        HttpResponse<String> one = client.send(client.request("/models/gpt-4o").build());
        assertThat(SandboxClient.JSON.readTree(one.body()).path("id").asText()).isEqualTo("gpt-4o");
        error(client.send(client.request("/models/gpt-9").build()), 404);
    }

    @Test
    void serversFineTunedModelsOfAKnownBase() throws Exception {
        String model = "ft:gpt-4o-mini-2024-07-18:acme::abc123";
        assertThat(client.chat(SandboxClient.chat(model, "Hello", "")).path("model").asText())
                .isEqualTo(model);
        error(client.post(SandboxClient.chat("ft:gpt-9:acme::abc123", "Hello", "")), 404);
    }

    private static JsonNode error(HttpResponse<String> answer, int status) throws Exception {
        assertThat(answer.statusCode()).isEqualTo(status);
        JsonNode error = SandboxClient.JSON.readTree(answer.body()).path("error");
        assertThat(error.fieldNames())
                .toIterable()
                .containsExactly("message", "type", "param", "code");
        return error;
    }
}
