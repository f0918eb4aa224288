package dev.oaiproxy.e2e.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.api.AdminApi.ChargeLine;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools and items over a socket work as over HTTP. */
@Tag("server")
@Timeout(120)
final class SocketToolsTest {
    private static final String FUNCTION =
            "{'type':'function','name':'f','parameters':{'type':'object'}}";
    private static final String OWN =
            "{'type':'namespace','name':'multi_agent_v1','description':'d','tools':["
                    + FUNCTION
                    + "]},{'type':'tool_search','execution':'client'}";
    private static final String SEARCH = "{'type':'web_search'}";

    @TempDir Path home;

    private ProxyFixture proxyFixture;
    private WebSocketTestClient client;

    @BeforeEach
    void start() {
        proxyFixture = ProxyFixture.in(home);
        client = open(proxyFixture.bob());
    }

    @AfterEach
    void stop() {
        client.close();
        proxyFixture.close();
    }

    private WebSocketTestClient open(CreatedKey key) {
        return WebSocketTestClient.at(
                proxyFixture.site().v1("/responses"), "Authorization", "Bearer " + key.secret());
    }

    private static String create(String model, String input, String more) {
        return "{'type':'response.create','model':'%s','input':%s%s}".formatted(model, input, more);
    }

    private static String items(String... items) {
        String before = items.length == 0 ? "" : String.join(",", items) + ",";
        return "[" + before + "{'role':'user','content':'hi [[tokens=5]]'}]";
    }

    private static String bringing(String tools) {
        return "{'type':'additional_tools','role':'developer','tools':[" + tools + "]}";
    }

    private JsonNode answered(String event) {
        client.say(event);
        return client.event("response.completed").path("response");
    }

    /** The calls so far, oldest first, each charged as the stand-in has billed it. */
    private List<CallDetail> charged(int count) {
        List<String> ids =
                proxyFixture.site().operator().endedCalls(count).stream()
                        .map(call -> call.id())
                        .toList();
        List<SandboxBill.BillEntry> entries = proxyFixture.site().openAi().bill().entries();
        assertThat(entries).hasSize(count);
        return IntStream.range(0, count)
                .mapToObj(i -> proxyFixture.charged(ids.get(count - 1 - i), entries.get(i)))
                .toList();
    }

    private static List<String> units(CallDetail call) {
        return call.lines().stream().map(ChargeLine::unit).distinct().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-5", "gpt-5.4", "gpt-5.5", "gpt-5.6-sol", "gpt-6-sol"})
    void takesWhatCodexSends(String model) {
        String tools = "{'type':'local_shell'}," + OWN + "," + SEARCH;
        String rest =
                ",'instructions':'You are Codex.','store':false,'prompt_cache_key':'k',"
                        + "'include':['reasoning.encrypted_content']";
        boolean carried = model.startsWith("gpt-5.6") || model.startsWith("gpt-6");
        answered(
                carried
                        ? create(model, items(bringing(tools)), rest)
                        : create(model, items(), rest + ",'tools':[" + tools + "]"));
        assertThat(units(charged(1).getFirst())).contains("web_search", "input", "output");
    }

    @Test
    void chargesNothingForACallersOwnTools() {
        answered(create("gpt-5.5", items(), ",'tools':[" + OWN + "]"));
        answered(create("gpt-5.5", items(bringing(OWN)), ",'store':false"));
        assertThat(charged(2))
                .allSatisfy(
                        call -> {
                            assertThat(units(call)).containsOnly("input", "output");
                            assertThat(call.request()).doesNotContain("max_tool_calls");
                        });
    }

    @Test
    void holdsForToolsThatAnEarlierItemHasBrought() {
        JsonNode first = answered(create("gpt-4o", items(bringing(SEARCH)), ",'store':false"));
        String id = first.path("id").asText();
        answered(create("gpt-4o", "'go on'", ",'previous_response_id':'" + id + "'"));
        assertThat(charged(2))
                .allSatisfy(call -> assertThat(units(call)).contains("web_search"))
                .allSatisfy(call -> assertThat(call.request()).contains("\"max_tool_calls\":4"));
    }

    @Test
    void refusesToolsThatCannotBeMetered() {
        for (String tools :
                List.of(
                        "{'type':'hologram'}",
                        "{'type':'namespace','name':'n','tools':[{'type':'hologram'}]}",
                        "{'type':'mcp','server_label':'x','tunnel_id':'t'}")) {
            client.say(create("gpt-4o", items(), ",'tools':[" + tools + "]"));
            assertThat(client.event("error").at("/error/message").asText()).isNotEmpty();
            client.say(create("gpt-4o", items(bringing(tools)), ""));
            assertThat(client.event("error").at("/error/message").asText()).isNotEmpty();
        }
        assertThat(proxyFixture.site().operator().calls()).isEmpty();
    }

    @Test
    void namesWhatItReceivedByItsId() {
        JsonNode first = answered(create("gpt-5.6-luna", "'[[tokens=5]]'", ""));
        List<String> ids = first.path("output").findValuesAsText("id");
        assertThat(ids).hasSize(2);
        String named =
                items(
                        "{'type':'item_reference','id':'" + ids.get(0) + "'}",
                        "{'id':'" + ids.get(1) + "'}");
        JsonNode second = answered(create("gpt-5.6-luna", named, ""));
        assertThat(second.at("/usage/input_tokens").asInt())
                .isGreaterThan(first.at("/usage/input_tokens").asInt());
        charged(2);
        try (WebSocketTestClient eve = open(proxyFixture.site().operator().createKey("eve", "5"))) {
            for (String id : ids) {
                eve.say(create("gpt-4o", items("{'type':'item_reference','id':'" + id + "'}"), ""));
                JsonNode error = eve.event("error");
                assertThat(error.path("status").asInt()).isEqualTo(404);
                assertThat(error.at("/error/message").asText())
                        .isEqualTo("Item with id '" + id + "' not found.");
            }
        }
        charged(2);
    }
}
