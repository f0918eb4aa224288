package dev.oaiproxy.sandbox.response;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxClient;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("server")
final class ResponseToolsTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private JsonNode respond(String text, String tool, String more) throws Exception {
        String members = "\"tools\":[" + tool + "]" + (more.isEmpty() ? "" : "," + more);
        return client.json("/responses", SandboxClient.response("gpt-4o", text, members));
    }

    private List<ExtraUsage> billed() {
        return client.bill().entries().getLast().extras();
    }

    private static List<String> types(JsonNode body) {
        return body.path("output").findValuesAsText("type").stream()
                .filter(type -> type.endsWith("_call"))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"web_search,8000", "web_search_preview,0"})
    void countsSearchesButNotThePagesItOpens(String tool, int contentTokens) throws Exception {
        String type = "{\"type\":\"" + tool + "\"}";
        JsonNode count =
                client.json(
                        "/responses/input_tokens",
                        SandboxClient.response(
                                "gpt-4o", "[[calls=2]]", "\"tools\":[" + type + "]"));
        JsonNode body = respond("[[calls=2]]", type, "");

        assertThat(body.path("output").findValuesAsText("action")).hasSize(3);
        assertThat(body.at("/output/0/action/type").asText()).isEqualTo("search");
        assertThat(body.at("/output/2/action/type").asText()).isEqualTo("open_page");
        assertThat(body.at("/tool_usage/web_search/num_requests").asInt()).isEqualTo(2);
        assertThat(body.at("/usage/input_tokens").asInt())
                .isEqualTo(count.path("input_tokens").asInt() + 2 * contentTokens);
        ExtraUsage one = new ExtraUsage("tool:" + tool, "web_search", 1);
        assertThat(billed()).containsExactly(one, one);
    }

    @Test
    void staysWithinTheLimitOfCalls() throws Exception {
        JsonNode body =
                respond("[[calls=5]]", "{\"type\":\"file_search\"}", "\"max_tool_calls\":2");

        assertThat(types(body)).containsExactly("file_search_call", "file_search_call");
        assertThat(billed())
                .hasSize(2)
                .contains(new ExtraUsage("tool:file_search", "file_search", 1));
    }

    @Test
    void startsOneContainerForAllCallsOfAChain() throws Exception {
        String tool =
                "{\"type\":\"code_interpreter\",\"container\":"
                        + "{\"type\":\"auto\",\"memory_limit\":\"4g\"}}";
        JsonNode first = respond("[[calls=2]]", tool, "");
        assertThat(billed())
                .containsExactly(new ExtraUsage("tool:container:4g", "container_minutes", 5));
        String previous = "\"previous_response_id\":\"" + first.path("id").asText() + "\"";
        JsonNode second = respond("More", tool, previous);
        assertThat(billed()).isEmpty();
        String container = first.at("/output/0/container_id").asText();
        JsonNode third = respond("More", named(container), "");

        assertThat(container).startsWith("cntr_");
        assertThat(second.at("/output/0/container_id").asText()).isEqualTo(container);
        assertThat(third.at("/output/0/container_id").asText()).isEqualTo(container);
        assertThat(respond("More", named("cntr_none"), "").has("error")).isTrue();
    }

    private static String named(String container) {
        return "{\"type\":\"code_interpreter\",\"container\":\"" + container + "\"}";
    }

    @Test
    void billsImagesToTheirOwnModel() throws Exception {
        JsonNode body =
                respond(
                        "Draw",
                        "{\"type\":\"image_generation\",\"model\":\"gpt-image-1\","
                                + "\"quality\":\"low\",\"partial_images\":1}",
                        "");

        assertThat(types(body)).containsExactly("image_generation_call");
        assertThat(body.at("/tool_usage/image_gen/output_tokens").asInt()).isEqualTo(372);
        assertThat(billed())
                .containsExactly(
                        new ExtraUsage("gpt-image-1", "input", 50),
                        new ExtraUsage("gpt-image-1", "image_output", 372));
    }

    @Test
    void callsFunctionsOnlyWhenTold() throws Exception {
        String tool = "{\"type\":\"function\",\"name\":\"look\",\"parameters\":{}}";
        assertThat(types(respond("Hi", tool, ""))).isEmpty();
        JsonNode body = respond("[[calls=1]]", tool, "");
        assertThat(types(body)).containsExactly("function_call");
        assertThat(body.at("/output/0/name").asText()).isEqualTo("look");
        assertThat(billed()).isEmpty();
    }
}
