package dev.oaiproxy.e2e.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.api.AdminApi.ChargeLine;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.metering.money.Usd;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers' own tools are free in any form; hosted tools are charged in any form. */
@Tag("server")
@Timeout(240)
final class ToolsTest {
    private static final String FUNCTION =
            "{'type':'function','name':'f','parameters':{'type':'object','properties':"
                    + "{'file_id':{'type':'string'},'tools':{'type':'array'}}}}";
    private static final String SEARCH = "{'type':'web_search'}";

    @TempDir private static Path home;

    private static ProxyFixture proxyFixture;

    @BeforeAll
    static void start() {
        proxyFixture = ProxyFixture.in(home);
    }

    @AfterAll
    static void stop() {
        proxyFixture.close();
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }

    private static String respond(String model, String input, String more) {
        return quoted("{'model':'%s','input':%s%s}".formatted(model, input, more));
    }

    private static String items(String... items) {
        return "[" + String.join(",", items) + ",{'role':'user','content':'hi [[tokens=5]]'}]";
    }

    private static String bringing(String tools) {
        return "{'type':'additional_tools','role':'developer','tools':[" + tools + "]}";
    }

    private static String namespace(String tools) {
        return "{'type':'namespace','name':'n','description':'d','tools':[" + tools + "]}";
    }

    private static List<String> units(CallDetail call) {
        return call.lines().stream().map(ChargeLine::unit).distinct().toList();
    }

    static Stream<String> own() {
        return Stream.of(
                FUNCTION,
                "{'type':'custom','name':'c','format':{'type':'grammar','syntax':'lark',"
                        + "'definition':'start: x'}}",
                "{'type':'local_shell'}",
                "{'type':'shell','environment':{'type':'local'}}",
                "{'type':'apply_patch'}",
                "{'type':'computer'}",
                namespace(FUNCTION + ",{'type':'custom','name':'c'}"),
                namespace(namespace(FUNCTION)),
                "{'type':'tool_search','execution':'client','description':'d',"
                        + "'parameters':{'type':'object'}}",
                // New kinds of tools are free as long as they only describe the caller's own tools.
                "{'type':'toolbox','name':'t','tools':[" + FUNCTION + "]}",
                "{'type':'function_v2','name':'f','input_schema':{'type':'object'}}");
    }

    @ParameterizedTest
    @MethodSource("own")
    void chargesNothingForACallersOwnTools(String tool) {
        for (String body :
                List.of(
                        respond("gpt-5.5", "'hi [[tokens=5]]'", ",'tools':[" + tool + "]"),
                        respond("gpt-5.5", items(bringing(tool)), ""),
                        respond(
                                "gpt-5.5",
                                items(
                                        "{'type':'tool_search_call','arguments':{'tools':['a']}}",
                                        "{'type':'tool_search_output','execution':'client',"
                                                + "'call_id':'call_1','tools':["
                                                + tool
                                                + "]}"),
                                ""))) {
            CallDetail call = proxyFixture.charged("/responses", body);
            assertThat(units(call)).isSubsetOf("input", "cached_input", "output");
            assertThat(call.request()).doesNotContain("max_tool_calls");
            // The input is bounded by its bytes, not by the context window of the model.
            assertThat(Usd.parse(call.call().heldUsd())).isLessThan(Usd.parse("12"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'mcp','server_label':'dice','server_url':'https://example.com/mcp',"
                        + "'headers':{'file_id':'file-of-nobody'},'require_approval':'never'}",
                "{'type':'mcp','server_label':'drive','connector_id':'connector_googledrive',"
                        + "'authorization':'token'}",
                "{'type':'tool_search'},{'type':'function','name':'f','parameters':{},"
                        + "'defer_loading':true}",
                "{'type':'programmatic_tool_calling'},{'type':'function','name':'f',"
                        + "'parameters':{},'allowed_callers':['programmatic']}"
            })
    void chargesTheTokensOfToolsWithoutAFee(String tools) {
        CallDetail call =
                proxyFixture.charged(
                        "/responses",
                        respond("gpt-5.6-luna", "'[[tokens=5]]'", ",'tools':[" + tools + "]"));
        assertThat(units(call))
                .isSubsetOf("input", "cached_input", "cache_write", "output")
                .contains("input", "output");
        assertThat(call.request()).contains("\"max_tool_calls\":4");
    }

    static Stream<String> hosted() {
        String file = "{'type':'file_search','vector_store_ids':[]}";
        String code = "{'type':'code_interpreter','container':{'type':'auto'}}";
        String image = "{'type':'image_generation','model':'gpt-image-1.5','quality':'low'}";
        return Stream.of(SEARCH, file, code, image, SEARCH + "," + file + "," + code);
    }

    @ParameterizedTest
    @MethodSource("hosted")
    void chargesHostedToolsWhereverTheyStand(String tools) {
        String plain = "'tools':[" + tools + "]";
        CallDetail top = proxyFixture.charged("/responses", respond("gpt-4o", "'x'", "," + plain));
        for (String body :
                List.of(
                        respond("gpt-4o", "'x'", ",'tools':[" + namespace(tools) + "]"),
                        respond("gpt-4o", "'x'", ",'tools':[" + namespace(namespace(tools)) + "]"),
                        respond("gpt-4o", items(bringing(tools)), ",'store':false"),
                        respond("gpt-4o", items(bringing(namespace(tools))), ",'store':false"),
                        respond(
                                "gpt-4o",
                                items("{'type':'tool_search_output','tools':[" + tools + "]}"),
                                ",'store':false"))) {
            CallDetail call = proxyFixture.charged("/responses", body);
            assertThat(units(call)).containsAll(units(top));
            assertThat(Usd.parse(call.call().heldUsd()))
                    .isGreaterThanOrEqualTo(Usd.parse(top.call().heldUsd()));
            assertThat(call.request()).contains("\"max_tool_calls\":4");
        }
    }

    @Test
    void knowsHistoriesOfServersWhoseToolsHaveNoType() {
        CallDetail call =
                proxyFixture.charged(
                        "/responses",
                        respond(
                                "gpt-5.5",
                                items(
                                        "{'tools':[{'name':'roll','input_schema':{'type':"
                                                + "'object'},'annotations':null}],"
                                                + "'type':'mcp_list_tools','id':'mcpl_1',"
                                                + "'server_label':'dice'}",
                                        "{'type':'mcp_call','id':'mcp_1','server_label':'dice',"
                                                + "'name':'roll','arguments':'{}','output':'4'}"),
                                ",'store':false"));
        assertThat(call.request()).doesNotContain("max_tool_calls");
    }

    /** A compaction is one more turn of the model; its usage contains its input and output. */
    @ParameterizedTest
    @ValueSource(strings = {"", ",'stream':true"})
    void chargesTheTokensOfACompaction(String more) {
        String compacting = ",'context_management':[{'type':'compaction','compact_threshold':9}]";
        String body = respond("gpt-5.6-luna", "'hello [[tokens=5]]'", more);
        CallDetail plain = proxyFixture.charged("/responses", body);
        CallDetail call =
                proxyFixture.charged(
                        "/responses",
                        body.substring(0, body.length() - 1) + quoted(compacting) + "}");
        assertThat(call.call().inputTokens()).isEqualTo(2 * plain.call().inputTokens());
        assertThat(Usd.parse(call.call().heldUsd()))
                .isGreaterThan(Usd.parse(plain.call().heldUsd()));
        assertThat(call.request()).contains("compact_threshold").doesNotContain("max_tool_calls");
    }

    static Stream<String> codex() {
        String agents = namespace(FUNCTION).replace("'n'", "'multi_agent_v1'");
        String search = "{'type':'web_search','external_web_access':false}";
        String finder = "{'type':'tool_search','execution':'client','parameters':{}}";
        String hi =
                "{'type':'message','role':'user','content':[{'type':'input_text','text':'hi'}]}";
        String plain = "[" + hi + "]";
        String all = "{'type':'local_shell'}," + FUNCTION + "," + agents + "," + search;
        return Stream.of(
                respond("gpt-5", plain, ",'tools':[" + all + "]"),
                respond("gpt-5.4", plain, ",'tools':[" + all + "]"),
                respond("gpt-5.5", plain, ",'tools':[" + finder + "," + all + "]"),
                respond("gpt-5.6-sol", "[" + bringing(all) + "," + hi + "]", ""),
                respond("gpt-6-sol", "[" + bringing(all) + "," + hi + "]", ",'tools':[]"),
                respond("gpt-6.2-sol", "[" + bringing(all) + "," + hi + "]", ""));
    }

    /** The requests of Codex, with the tools of each family of models. */
    @ParameterizedTest
    @MethodSource("codex")
    void takesWhatCodexSends(String body) {
        String rest =
                ",'instructions':'You are Codex.','tool_choice':'auto',"
                        + "'parallel_tool_calls':false,'reasoning':{'effort':'low'},"
                        + "'store':false,'stream':true,"
                        + "'include':['reasoning.encrypted_content'],"
                        + "'prompt_cache_key':'0199-k'}";
        HttpResponse<byte[]> answer =
                proxyFixture.json(
                        "/responses", body.substring(0, body.length() - 1) + quoted(rest));
        CallDetail call = proxyFixture.charged(answer);
        assertThat(units(call)).contains("web_search");
        assertThat(ProxyFixture.text(answer)).contains("response.completed");
    }

    private static JsonNode answered(CreatedKey key, String path, String body) {
        HttpResponse<String> answer =
                proxyFixture
                        .site()
                        .web()
                        .post(proxyFixture.site().v1(path), key.secret(), quoted(body));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return HttpTestClient.json(answer);
    }

    private static CreatedKey user(String name) {
        return proxyFixture.site().operator().createKey(name, "1000");
    }

    private static CallDetail last(CreatedKey key) {
        String id =
                proxyFixture.site().operator().calls().stream()
                        .filter(call -> call.key().equals(key.key().id()))
                        .findFirst()
                        .orElseThrow()
                        .id();
        return proxyFixture.charged(id, ExpectedCosts.last(proxyFixture.site()));
    }

    /** OpenAI gives the model an item's content again, although no request names it. */
    @ParameterizedTest
    @ValueSource(strings = {"response", "conversation", "item", "kept"})
    void holdsForToolsThatAnEarlierItemHasBrought(String way) {
        CreatedKey eve = user("eve-" + way);
        CreatedKey ann = user("ann-" + way);
        String bringing = "{'model':'gpt-4o','input':" + items(bringing(SEARCH)) + "}";
        String next;
        if (way.equals("kept") || way.equals("conversation")) {
            String conversation =
                    way.equals("kept") ? "{}" : "{'items':[" + bringing(SEARCH) + "]}";
            String id = answered(eve, "/conversations", conversation).path("id").asText();
            if (way.equals("kept")) {
                answered(
                        eve,
                        "/conversations/" + id + "/items",
                        "{'items':[" + bringing(SEARCH) + "]}");
            }
            next = "{'model':'gpt-4o','input':'x','conversation':'" + id + "'}";
        } else {
            JsonNode first = answered(eve, "/responses", bringing);
            String id = first.path("id").asText();
            JsonNode asked = items(eve, id);
            String tools =
                    Stream.of(asked.get(0), asked.get(1))
                            .filter(one -> one.path("type").asText().equals("additional_tools"))
                            .findFirst()
                            .orElseThrow()
                            .path("id")
                            .asText();
            next =
                    way.equals("response")
                            ? "{'model':'gpt-4o','input':'x','previous_response_id':'" + id + "'}"
                            : "{'model':'gpt-4o','input':"
                                    + items("{'type':'item_reference','id':'" + tools + "'}")
                                    + "}";
        }
        answered(eve, "/responses", next);
        CallDetail call = last(eve);
        assertThat(units(call)).contains("web_search");
        assertThat(call.request()).contains("\"max_tool_calls\":4");

        String id =
                answered(ann, "/responses", "{'model':'gpt-4o','input':'x'}").path("id").asText();
        answered(
                ann,
                "/responses",
                "{'model':'gpt-4o','input':'x','previous_response_id':'" + id + "'}");
        assertThat(last(ann).request()).doesNotContain("max_tool_calls");
    }

    private static JsonNode items(CreatedKey key, String response) {
        return HttpTestClient.json(
                        proxyFixture
                                .site()
                                .web()
                                .get(
                                        proxyFixture
                                                .site()
                                                .v1("/responses/" + response + "/input_items"),
                                        key.secret()))
                .path("data");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'file_search','vector_store_ids':['vs_of_ann']}",
                "{'type':'code_interpreter','container':'cntr_of_ann'}",
                "{'type':'code_interpreter','container':{'type':'auto','file_ids':['file-ann']}}",
                "{'type':'shell','environment':{'type':'container_reference',"
                        + "'container_id':'cntr_of_ann'}}"
            })
    void keepsWhatToolsUseToItsOwner(String tool) {
        int before = proxyFixture.site().openAi().bill().entries().size();
        for (String body :
                List.of(
                        respond("gpt-4o", "'x'", ",'tools':[" + tool + "]"),
                        respond("gpt-4o", "'x'", ",'tools':[" + namespace(tool) + "]"),
                        respond("gpt-4o", items(bringing(tool)), ""))) {
            HttpResponse<byte[]> answer = proxyFixture.json("/responses", body);
            // An item may name no container, whoever its owner is.
            boolean named = body.contains("additional_tools") && body.contains("cntr_of_ann");
            assertThat(answer.statusCode())
                    .as(ProxyFixture.text(answer))
                    .isEqualTo(named ? 400 : 404);
        }
        assertThat(proxyFixture.site().openAi().bill().entries()).hasSize(before);
    }
}
