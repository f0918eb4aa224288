package dev.oaiproxy.e2e.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.Reasoning;
import com.openai.models.ReasoningEffort;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseStreamEvent;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Items that a user has received can be referenced by id or sent back unchanged. */
@Tag("server")
@Timeout(240)
final class ItemsTest {
    private static final String HI = "hi [[tokens=5]]";

    @TempDir Path home;

    private ProxyFixture proxyFixture;
    private CreatedKey eve;

    @BeforeEach
    void start() {
        proxyFixture = ProxyFixture.in(home);
        eve = proxyFixture.site().operator().createKey("eve", "100");
    }

    @AfterEach
    void stop() {
        proxyFixture.close();
    }

    private static ResponseCreateParams.Builder thinking() {
        return ResponseCreateParams.builder()
                .model("gpt-5.6-luna")
                .reasoning(Reasoning.builder().effort(ReasoningEffort.LOW).build())
                .addTool(
                        FunctionTool.builder()
                                .name("roll")
                                .strict(false)
                                .parameters(
                                        FunctionTool.Parameters.builder()
                                                .putAdditionalProperty(
                                                        "type", JsonValue.from("object"))
                                                .build())
                                .build());
    }

    private static List<String> ids(Response response) {
        return response.output().stream()
                .flatMap(item -> item._json().stream())
                .map(json -> json.convert(JsonNode.class))
                .flatMap(json -> json == null ? Stream.empty() : Stream.of(json))
                .map(json -> json.path("id").asText())
                .toList();
    }

    private static List<ResponseInputItem> named(List<String> ids) {
        List<ResponseInputItem> items = new ArrayList<>();
        for (String id : ids) {
            items.add(
                    ResponseInputItem.ofItemReference(
                            ResponseInputItem.ItemReference.builder()
                                    .id(id)
                                    .type(ResponseInputItem.ItemReference.Type.ITEM_REFERENCE)
                                    .build()));
        }
        return items;
    }

    private void assertCharged(int calls) {
        assertThat(proxyFixture.site().operator().endedCalls(calls))
                .allSatisfy(call -> assertThat(call.state()).isEqualTo("charged"));
    }

    /** The tool loop of SDKs: it references the received items by id and adds the outputs. */
    @Test
    void namesWhatItReceivedTurnByTurn() {
        OpenAIClient client = proxyFixture.site().sdk(proxyFixture.bob().secret());
        Response first =
                client.responses().create(thinking().input("[[calls=1]] [[tokens=5]]").build());
        assertThat(ids(first))
                .extracting(id -> id.replaceFirst("_.*", "_"))
                .containsExactly("rs_", "fc_", "msg_");
        String call = first.output().get(1).asFunctionCall().callId();
        List<ResponseInputItem> items = new ArrayList<>(named(ids(first)));
        items.add(
                ResponseInputItem.ofFunctionCallOutput(
                        ResponseInputItem.FunctionCallOutput.builder()
                                .callId(call)
                                .output("4")
                                .build()));
        ResponseCreateParams.Input input = ResponseCreateParams.Input.ofResponse(items);
        Response second = client.responses().create(thinking().input(input).build()).validate();
        assertThat(second.usage().orElseThrow().inputTokens())
                .isGreaterThan(first.usage().orElseThrow().inputTokens());
        assertCharged(2);
        assertMissing(proxyFixture.site().sdk(eve.secret()), ids(first));
    }

    private static void assertMissing(OpenAIClient client, List<String> ids) {
        for (String id : ids) {
            ResponseCreateParams.Input input =
                    ResponseCreateParams.Input.ofResponse(named(List.of(id)));
            assertThatExceptionOfType(NotFoundException.class)
                    .isThrownBy(() -> client.responses().create(thinking().input(input).build()))
                    .withMessageContaining("Item with id '" + id + "' not found.");
        }
    }

    @Test
    void namesWhatItReceivedInAStream() {
        OpenAIClient client = proxyFixture.site().sdk(proxyFixture.bob().secret());
        Response first;
        try (StreamResponse<ResponseStreamEvent> events =
                client.responses().createStreaming(thinking().input(HI).build())) {
            first = events.stream().toList().getLast().asCompleted().response();
        }
        ResponseCreateParams.Input input = ResponseCreateParams.Input.ofResponse(named(ids(first)));
        client.responses().create(thinking().input(input).build()).validate();
        assertCharged(2);
        assertMissing(proxyFixture.site().sdk(eve.secret()), ids(first));
    }

    @Test
    void namesWhatItFetchedLater() {
        OpenAIClient client = proxyFixture.site().sdk(proxyFixture.bob().secret());
        Response begun = client.responses().create(thinking().input(HI).background(true).build());
        Response first =
                Eventually.ask(
                        () -> client.responses().retrieve(begun.id()),
                        seen -> !seen.output().isEmpty());
        ResponseCreateParams.Input input = ResponseCreateParams.Input.ofResponse(named(ids(first)));
        client.responses().create(thinking().input(input).build()).validate();
        assertMissing(proxyFixture.site().sdk(eve.secret()), ids(first));
        assertCharged(2);
    }

    private JsonNode answered(CreatedKey key, String path, String body, int status) {
        HttpResponse<String> answer =
                proxyFixture
                        .site()
                        .web()
                        .post(proxyFixture.site().v1(path), key.secret(), body.replace('\'', '"'));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return HttpTestClient.json(answer);
    }

    private static String naming(String id) {
        return "{'model':'gpt-4o','input':[{'id':'%s'},{'role':'user','content':'%s'}]}"
                .formatted(id, HI);
    }

    @Test
    void namesTheItemsOfItsConversations() {
        JsonNode conversation =
                answered(
                        proxyFixture.bob(),
                        "/conversations",
                        "{'items':[{'role':'user','content':'one'}]}",
                        200);
        String path = "/conversations/" + conversation.path("id").asText() + "/items";
        String listed = list(path).at("/data/0/id").asText();
        String added =
                answered(
                                proxyFixture.bob(),
                                path,
                                "{'items':[{'role':'user','content':'two'}]}",
                                200)
                        .at("/data/0/id")
                        .asText();
        for (String id : List.of(listed, added)) {
            assertThat(id).startsWith("msg_");
            answered(proxyFixture.bob(), "/responses", naming(id), 200);
            answered(eve, "/responses", naming(id), 404);
        }
    }

    private JsonNode list(String path) {
        return HttpTestClient.json(
                proxyFixture
                        .site()
                        .web()
                        .get(proxyFixture.site().v1(path), proxyFixture.bob().secret()));
    }

    /** An id that a user makes up gives no access to another user's object with that id. */
    @Test
    void ownsNoItemForHavingSentItsId() {
        JsonNode conversation = answered(eve, "/conversations", "{}", 200);
        String path = "/conversations/" + conversation.path("id").asText() + "/items";
        String item = "{'id':'msg_foreign','role':'user','content':'x'}";
        answered(eve, path, "{'items':[" + item + "]}", 200);
        answered(eve, "/responses", "{'model':'gpt-4o','input':[" + item + "]}", 200);
        answered(eve, "/responses", naming("msg_foreign"), 404);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void takesBackAllThatWasAnswered(boolean stored) {
        String tools =
                "'tools':[{'type':'web_search'},{'type':'file_search','vector_store_ids':[]},"
                        + "{'type':'code_interpreter','container':{'type':'auto'}},"
                        + "{'type':'image_generation','model':'gpt-image-1.5'},"
                        + "{'type':'mcp','server_label':'dice','server_url':'https://example.com'},"
                        + "{'type':'tool_search'},{'type':'function','name':'f','parameters':{}}],"
                        + "'max_tool_calls':20";
        String rest =
                ",'store':%s,'include':['reasoning.encrypted_content'],%s}"
                        .formatted(stored, tools);
        String ask = "{'model':'gpt-5.6-luna','reasoning':{'effort':'low'},'input':";
        JsonNode first =
                answered(
                        proxyFixture.bob(),
                        "/responses",
                        ask + "'[[calls=1]] [[tokens=5]]'" + rest,
                        200);
        ArrayNode output = (ArrayNode) first.path("output");
        assertThat(output.findValuesAsText("type"))
                .contains(
                        "web_search_call",
                        "file_search_call",
                        "code_interpreter_call",
                        "image_generation_call",
                        "mcp_call",
                        "tool_search_call",
                        "function_call",
                        "container_file_citation",
                        "url_citation",
                        "file_citation");
        withResults(output);
        answered(proxyFixture.bob(), "/responses", ask + output + rest, 200);
        removeContainers(output);
        answered(proxyFixture.bob(), "/responses", ask + output + rest, 200);
        assertThat(proxyFixture.site().operator().endedCalls(3))
                .allSatisfy(call -> assertThat(call.state()).isEqualTo("charged"));
    }

    /** Adds the results of {@code include: ["file_search_call.results"]}. */
    private static void withResults(ArrayNode output) {
        for (JsonNode item : output) {
            if (item.path("type").asText().equals("file_search_call")) {
                ObjectNode result = ((ObjectNode) item).putArray("results").addObject();
                result.put("file_id", "file-gone").put("filename", "a.txt").put("score", 1);
                result.putObject("attributes").put("file_id", "x");
            }
        }
    }

    /** A history outlives the containers that it mentions. */
    private void removeContainers(ArrayNode output) {
        for (String id : output.findValuesAsText("container_id")) {
            proxyFixture
                    .site()
                    .web()
                    .fetch(
                            HttpRequest.newBuilder(proxyFixture.site().v1("/containers/" + id))
                                    .header(
                                            "Authorization",
                                            "Bearer " + proxyFixture.bob().secret())
                                    .method("DELETE", BodyPublishers.noBody())
                                    .build());
        }
    }

    @Test
    void takesNoHistoryOfAnothersContainer() {
        String code = "'tools':[{'type':'code_interpreter','container':{'type':'auto'}}]}";
        JsonNode anns =
                answered(
                        proxyFixture.bob(),
                        "/responses",
                        "{'model':'gpt-4o','input':'x'," + code,
                        200);
        String container = anns.path("output").findValue("container_id").asText();
        String ask =
                "{'model':'gpt-4o','input':[{'type':'code_interpreter_call','id':'ci_1',"
                        + "'code':'1','container_id':'"
                        + container
                        + "'},{'role':'user','content':'go on'}],"
                        + code;
        answered(eve, "/responses", ask, 404);
        answered(eve, "/responses", ask.replace(container, "cntr_long_gone"), 200);
    }

    @Test
    void takesReasoningFromElsewhereIfItIsThere() {
        String reasoning =
                "{'model':'gpt-5.6-luna','store':false,'input':[{'type':'reasoning',"
                        + "'id':'rs_elsewhere',%s'summary':[]},{'role':'user','content':'x'}]}";
        answered(
                proxyFixture.bob(),
                "/responses",
                reasoning.formatted("'encrypted_content':'gAAAA',"),
                200);
        JsonNode error =
                answered(proxyFixture.bob(), "/responses", reasoning.formatted(""), 404)
                        .path("error");
        assertThat(error.path("message").asText())
                .isEqualTo("Item with id 'rs_elsewhere' not found.");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    }
}
