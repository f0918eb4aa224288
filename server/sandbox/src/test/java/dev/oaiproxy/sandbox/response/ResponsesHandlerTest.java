package dev.oaiproxy.sandbox.response;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxClient;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@Tag("server")
final class ResponsesHandlerTest {
    private static final String STREAM = "\"stream\":true";

    @AutoClose private final SandboxClient client = SandboxClient.start();

    private JsonNode respond(String model, String text, String more) throws Exception {
        return client.json("/responses", SandboxClient.response(model, text, more));
    }

    private List<JsonNode> stream(String model, String text, String more) throws Exception {
        String members = more.isEmpty() ? STREAM : STREAM + "," + more;
        return client.stream("/responses", SandboxClient.response(model, text, members));
    }

    private SandboxBill.BillEntry last() {
        return client.bill().entries().getLast();
    }

    @Test
    void answersInOpenAisShape() throws Exception {
        JsonNode body = respond("gpt-4o", "Hello [[tokens=3]]", "");

        assertThat(body.path("id").asText()).startsWith("resp_");
        assertThat(body.path("object").asText()).isEqualTo("response");
        assertThat(body.path("status").asText()).isEqualTo("completed");
        assertThat(body.path("model").asText()).isEqualTo("gpt-4o-2024-08-06");
        assertThat(body.at("/output/0/content/0/text").asText()).isEqualTo("This is the");
        assertThat(body.at("/usage/output_tokens").asInt()).isEqualTo(3);
        assertThat(body.at("/usage/input_tokens").asInt()).isEqualTo(last().tokens().prompt());
        assertThat(body.at("/tool_usage/web_search/num_requests").asInt()).isZero();
        assertThat(last().operation()).isEqualTo("responses");
    }

    @Test
    void streamsInOpenAisOrder() throws Exception {
        List<JsonNode> events = stream("gpt-4o", "Hello [[tokens=2]]", "");

        assertThat(events)
                .extracting(event -> event.path("type").asText())
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed");
        assertThat(events)
                .extracting(event -> event.path("sequence_number").asInt())
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(events.getFirst().at("/response/usage").isNull()).isTrue();
        assertThat(events.getLast().at("/response/usage/output_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void namesEachEventAndEndsWithoutDone() throws Exception {
        String body =
                client.send(
                                client.post(
                                        "/responses",
                                        SandboxClient.response("gpt-4o", "Hi", STREAM)))
                        .body();

        assertThat(body)
                .startsWith("event: response.created\ndata: {")
                .contains("\n\nevent: response.completed\ndata: ")
                .doesNotContain("[DONE]");
    }

    @Test
    void isIncompleteWhereTheLimitCutsIt() throws Exception {
        JsonNode body = respond("gpt-5", "Hello", "\"max_output_tokens\":70");
        List<JsonNode> events = stream("gpt-4o", "[[tokens=50]]", "\"max_output_tokens\":20");

        assertThat(body.path("status").asText()).isEqualTo("incomplete");
        assertThat(body.at("/incomplete_details/reason").asText()).isEqualTo("max_output_tokens");
        assertThat(body.at("/usage/output_tokens").asInt()).isEqualTo(70);
        assertThat(body.at("/usage/output_tokens_details/reasoning_tokens").asInt()).isEqualTo(64);
        assertThat(events.getLast().path("type").asText()).isEqualTo("response.incomplete");
        assertThat(last().tokens().completion()).isEqualTo(20);
    }

    @Test
    void countsTheWholeChainAsInputAgain() throws Exception {
        JsonNode first = respond("gpt-5.6", "word ".repeat(2000), "");
        String previous = "\"previous_response_id\":\"" + first.path("id").asText() + "\"";
        JsonNode second = respond("gpt-5.6", "And then?", previous);

        int before = first.at("/usage/input_tokens").asInt();
        assertThat(second.at("/usage/input_tokens").asInt()).isGreaterThan(before + 16);
        JsonNode details = second.at("/usage/input_tokens_details");
        assertThat(details.path("cached_tokens").asInt()).isBetween(1920, before + 100);
        assertThat(details.path("cache_write_tokens").asInt()).isZero();
        assertThat(first.at("/usage/input_tokens_details/cache_write_tokens").asInt())
                .isEqualTo(1920);
        assertThat(second.path("previous_response_id")).isEqualTo(first.path("id"));
    }

    @Test
    void tellsWritesForTwelveHoursFromOthers() throws Exception {
        String more = "\"prompt_cache_options\":{\"ttl\":\"12h\"}";
        JsonNode body = respond("gpt-5.6", "word ".repeat(2000), more);

        JsonNode details = body.at("/usage/input_tokens_details/cache_write_tokens_details");
        assertThat(details.path("ttl_12h_tokens").asInt()).isEqualTo(1920);
        assertThat(last().extras())
                .containsExactly(new ExtraUsage("gpt-5.6-sol-2026-07-09", "cache_write_12h", 1920));
        assertThat(last().tokens().prompt())
                .isEqualTo(body.at("/usage/input_tokens").asInt() - 1920);
    }

    @Test
    void refusesWhatIsNotThere() throws Exception {
        String previous = "\"previous_response_id\":\"resp_1\"";
        assertThat(respond("gpt-4o", "Hi", previous).at("/error/code").asText())
                .isEqualTo("previous_response_not_found");
        assertThat(respond("gpt-4o", "Hi", "\"conversation\":\"conv_1\"").has("error")).isTrue();
        assertThat(client.json("/responses/resp_1", "").at("/error/message").asText())
                .isEqualTo("Response with id 'resp_1' not found.");
        assertThat(respond("text-embedding-3-small", "Hi", "").at("/error/code").asText())
                .isEqualTo("model_not_found");
        assertThat(client.bill().entries()).allMatch(entry -> entry.ending() == CallEnd.REFUSED);
    }

    @Test
    void keepsAResponseUntilItIsDeleted() throws Exception {
        JsonNode body = respond("gpt-4o", "Hello", "");
        String path = "/responses/" + body.path("id").asText();

        assertThat(client.json(path, "")).isEqualTo(body);
        JsonNode items = client.json(path + "/input_items", "");
        assertThat(items.at("/data/0/content/0/text").asText()).isEqualTo("Hello");
        assertThat(client.delete(path).path("deleted").asBoolean()).isTrue();
        assertThat(client.json(path, "").has("error")).isTrue();
        JsonNode loose = respond("gpt-4o", "Hello", "\"store\":false");
        assertThat(client.json("/responses/" + loose.path("id").asText(), "").has("error"))
                .isTrue();
    }

    @Test
    void countsTheInputForNothing() throws Exception {
        JsonNode count =
                client.json(
                        "/responses/input_tokens", SandboxClient.response("gpt-4o", "Hello", ""));
        assertThat(client.bill().entries()).isEmpty();
        JsonNode body = respond("gpt-4o", "Hello", "");

        assertThat(count.path("object").asText()).isEqualTo("response.input_tokens");
        assertThat(count.path("input_tokens")).isEqualTo(body.at("/usage/input_tokens"));
    }

    @Test
    void compactsWithAUsageOfItsOwn() throws Exception {
        JsonNode body =
                client.json("/responses/compact", SandboxClient.response("gpt-4o", "Hello", ""));

        assertThat(body.path("object").asText()).isEqualTo("response.compaction");
        assertThat(body.at("/output/0/role").asText()).isEqualTo("user");
        assertThat(body.at("/output/1/type").asText()).isEqualTo("compaction");
        assertThat(body.at("/usage/output_tokens").asInt()).isEqualTo(16);
        assertThat(last().operation()).isEqualTo("responses/compact");
        assertThat(last().tokens().completion()).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource({"priority,'',priority", "fast,'',priority", "priority,[[tier=default]],default"})
    void namesTheTierThatItServedAt(String asked, String directive, String served)
            throws Exception {
        String more = "\"service_tier\":\"" + asked + "\"";
        assertThat(respond("gpt-5", "Hi " + directive, more).path("service_tier").asText())
                .isEqualTo(served);
        assertThat(last().tier()).isEqualTo(served);
    }
}
