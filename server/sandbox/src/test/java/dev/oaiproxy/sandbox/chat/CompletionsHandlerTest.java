package dev.oaiproxy.sandbox.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxClient;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("server")
final class CompletionsHandlerTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private static String body(String prompt, String more) {
        return "{\"model\":\"gpt-3.5-turbo-instruct\",\"prompt\":" + prompt + more + "}";
    }

    @Test
    void answersInOpenAisShape() throws Exception {
        JsonNode body = client.json("/completions", body("\"Hello [[tokens=3]]\"", ""));

        assertThat(body.path("id").asText()).startsWith("cmpl-");
        assertThat(body.path("object").asText()).isEqualTo("text_completion");
        assertThat(body.at("/choices/0/text").asText()).isEqualTo("This is the");
        assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(3);
        assertThat(client.bill().entries().getFirst().operation()).isEqualTo("completions");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"hello world\" | ,\"n\":2 | 2 | 2 | 32",
                "[\"hello world\",\"hello\"] | ,\"n\":2 | 4 | 3 | 64",
                "[1,2,3,4] | ,\"best_of\":3 | 1 | 4 | 48",
                "[[1,2],[3]] | ,\"max_tokens\":4 | 2 | 3 | 8",
            })
    void chargesEveryCandidate(String prompt, String more, int shown, int in, int out)
            throws Exception {
        JsonNode body = client.json("/completions", body(prompt, more == null ? "" : more));

        assertThat(body.path("choices")).hasSize(shown);
        assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(in);
        assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(out);
        assertThat(client.bill().entries().getFirst().tokens().completion()).isEqualTo(out);
    }

    @Test
    void streamsWithUsageWhenAskedTo() throws Exception {
        String more = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
        String text =
                client.send(client.post("/completions", body("\"[[tokens=2]]\"", more))).body();
        List<String> events = SandboxClient.events(text.lines().toList());

        assertThat(events).hasSize(6).last().isEqualTo("[DONE]");
        assertThat(events.get(1)).contains("\"text\":\"This\"").contains("\"usage\":null");
        JsonNode last = SandboxClient.JSON.readTree(events.get(4));
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.at("/usage/completion_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void isForTheModelsThatDoNotChat() throws Exception {
        JsonNode chat = client.json("/completions", "{\"model\":\"gpt-4o\",\"prompt\":\"Hi\"}");
        assertThat(chat.at("/error/message").asText()).contains("v1/chat/completions");
        assertThat(client.chat(SandboxClient.chat("davinci-002", "Hi", "")).has("error")).isTrue();
        assertThat(
                        client.json("/completions", body("\"Hi\"", ",\"n\":2,\"best_of\":1"))
                                .has("error"))
                .isFalse();
        assertThat(
                        client.json("/completions", body("\"Hi\"", ",\"n\":3,\"best_of\":2"))
                                .has("error"))
                .isTrue();
    }
}
