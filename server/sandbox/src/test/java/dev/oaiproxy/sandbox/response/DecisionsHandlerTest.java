package dev.oaiproxy.sandbox.response;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.SandboxClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class DecisionsHandlerTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    @Test
    void chargesItsInputOnly() throws Exception {
        JsonNode body =
                client.json(
                        "/decisions",
                        """
                        {"model":"gpt-6-luna","input":"%s","questions":[
                          {"type":"predicate","name":"p","instructions":"Is it?"},
                          {"type":"choice","instructions":"Which?","choices":[{"value":"a"}]}]}\
                        """
                                .formatted("word ".repeat(2000)));

        assertThat(body.path("answers")).hasSize(2);
        assertThat(body.at("/answers/0/name").asText()).isEqualTo("p");
        assertThat(body.at("/answers/1/choice").asText()).isEqualTo("a");
        assertThat(body.at("/usage/output_tokens").asInt()).isPositive();
        assertThat(body.at("/usage/input_tokens_details/cache_write_tokens").asInt()).isPositive();
        int input = body.at("/usage/input_tokens").asInt();
        assertThat(client.bill().entries().getFirst().tokens())
                .isEqualTo(new TokenCounts(input, 0, 0, 0, 0));
    }

    @Test
    void refusesADecisionWithoutAQuestion() throws Exception {
        JsonNode body = client.json("/decisions", "{\"model\":\"gpt-6-luna\",\"input\":\"Hi\"}");
        assertThat(body.at("/error/param").asText()).isEqualTo("questions");
    }

    @Test
    void moderatesForNothing() throws Exception {
        JsonNode body = client.json("/moderations", "{\"input\":[\"one\",\"two\"]}");

        assertThat(body.path("results")).hasSize(2);
        assertThat(body.at("/results/0/flagged").asBoolean()).isFalse();
        assertThat(body.has("usage")).isFalse();
        assertThat(client.json("/moderations", "{}").has("error")).isTrue();
        assertThat(client.bill().entries()).isEmpty();
    }
}
