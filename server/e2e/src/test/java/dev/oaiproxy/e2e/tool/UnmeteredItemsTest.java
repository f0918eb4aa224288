package dev.oaiproxy.e2e.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.e2e.fixture.ProxyFixture;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Input items that refer to another's objects or have content that cannot be metered. */
@Tag("server")
@Timeout(120)
final class UnmeteredItemsTest {
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

    @AfterEach
    void nothingWasAskedNorCharged() {
        proxyFixture.assertUntouched();
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'type':'item_reference','id':'msg_1'}]",
                "[{'id':'msg_1'}]",
                "[{'type':null,'id':'msg_1'}]",
                "[{'type':'message','type':null,'id':'msg_1'}]",
                "[{'type':'message','type':'item_reference','id':'msg_1'}]",
                "[{'type':'item_reference','id':'msg\\u0000\\ud83d'}]",
                "[{'role':null,'id':'msg_1'}]",
                "[{'role':'user','id':'msg_1'}]",
                "[{'role':'user','content':null,'id':'msg_1'}]",
                "[{'type':'reasoning','id':'rs_1','summary':[]}]",
                "[{'type':'reasoning','id':'rs_1','encrypted_content':null}]",
                "[{'type':'reasoning','id':'rs_1','encrypted_content':''}]",
                "[{'type':'reasoning','id':'rs_1','encrypted_content':'x',"
                        + "'encrypted_content':null}]",
                "[{'type':'image_generation_call','id':'ig_1','result':null}]"
            })
    void knowsNoItemsThatTheUserHasNotReceived(String input) {
        String body = quoted("{'model':'gpt-4o','input':" + input + "}");
        for (String path : List.of("/responses", "/responses/compact", "/responses/input_tokens")) {
            HttpResponse<byte[]> answer = proxyFixture.json(path, body);
            assertThat(answer.statusCode()).as(ProxyFixture.text(answer)).isEqualTo(404);
            assertThat(ProxyFixture.text(answer)).contains("Item with id '", "not found");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'type':'tool_search_output','tools':[{'type':'hologram'}]}]",
                "[{'type':'additional_tools','role':'developer','tools':[{'type':'hologram'}]}]",
                "[{'type':'mcp_list_tools','type':'additional_tools',"
                        + "'tools':[{'type':'hologram'}]}]",
                "[{'type':'additional_tools','type':'mcp_list_tools',"
                        + "'tools':[{'type':'hologram'}]}]",
                "[{'type':'additional_tools','Tools':[{'type':'web_search'}]}]",
                "[{'type':'message','role':'user','content':[{'tools':[{'type':'web_search'}]}]}]",
                "[{'role':'user','content':'x','tools':[{'type':'hologram'}]}]"
            })
    void refusesItemsThatBringWhatCannotBeMetered(String input) {
        String body = quoted("{'model':'gpt-4o','input':" + input + "}");
        HttpResponse<byte[]> answer = proxyFixture.json("/responses", body);
        assertThat(answer.statusCode()).as(ProxyFixture.text(answer)).isEqualTo(400);
        String items = body.replace("\"input\"", "\"items\"").replace("\"model\":\"gpt-4o\",", "");
        HttpResponse<byte[]> kept = proxyFixture.json("/conversations", items);
        assertThat(kept.statusCode()).as(ProxyFixture.text(kept)).isEqualTo(400);
    }
}
