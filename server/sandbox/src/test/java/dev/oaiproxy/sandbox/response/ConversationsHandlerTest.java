package dev.oaiproxy.sandbox.response;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxClient;
import dev.oaiproxy.sandbox.StandInSettings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConversationsHandlerTest {
    private final OpenAiStandIn standIn = OpenAiStandIn.start(StandInSettings.DEFAULT);
    private final SandboxClient caller = new SandboxClient(standIn);

    @AfterEach
    void stop() {
        caller.close();
        standIn.close();
    }

    private JsonNode create() throws Exception {
        return caller.json(
                "/conversations",
                """
                {"metadata":{"a":"b"},"items":[{"role":"user","content":"Hello"}]}\
                """);
    }

    @Test
    void keepsWhatWasAskedAndAnswered() throws Exception {
        JsonNode created = create();
        String id = created.path("id").asText();
        String path = "/conversations/" + id;
        for (String member : List.of("\"" + id + "\"", "{\"id\":\"" + id + "\"}")) {
            JsonNode body =
                    caller.json(
                            "/responses",
                            SandboxClient.response(
                                    "gpt-4o", "Go on", "\"conversation\":" + member));
            assertThat(body.at("/conversation/id").asText()).isEqualTo(id);
        }

        assertThat(created.path("object").asText()).isEqualTo("conversation");
        assertThat(created.at("/metadata/a").asText()).isEqualTo("b");
        assertThat(caller.json(path + "/items", "").path("data")).hasSize(5);
        List<SandboxBill.BillEntry> entries = standIn.bill().entries();
        assertThat(entries.get(1).tokens().prompt())
                .isGreaterThan(entries.get(0).tokens().prompt() + 16);
    }

    @Test
    void givesItsItemsOutInPages() throws Exception {
        String path = "/conversations/" + create().path("id").asText() + "/items";
        JsonNode added =
                caller.json(
                        path,
                        """
                        {"items":[{"role":"user","content":"2"},{"role":"user","content":"3"}]}\
                        """);
        JsonNode page = caller.json(path + "?limit=2", "");
        JsonNode rest = caller.json(path + "?limit=2&after=" + page.path("last_id").asText(), "");

        assertThat(added.path("data")).hasSize(2);
        assertThat(page.path("has_more").asBoolean()).isTrue();
        assertThat(page.at("/data/0/content/0/text").asText()).isEqualTo("3");
        assertThat(rest.path("has_more").asBoolean()).isFalse();
        assertThat(rest.at("/data/0/content/0/text").asText()).isEqualTo("Hello");
        assertThat(caller.json(path + "?order=asc", "").at("/data/0"))
                .isEqualTo(rest.at("/data/0"));
    }

    @Test
    void forgetsWhatIsDeleted() throws Exception {
        String path = "/conversations/" + create().path("id").asText();
        String item = path + "/items/" + caller.json(path + "/items", "").at("/data/0/id").asText();

        assertThat(caller.json(item, "").path("role").asText()).isEqualTo("user");
        assertThat(caller.delete(item).path("object").asText()).isEqualTo("conversation");
        assertThat(caller.json(item, "").has("error")).isTrue();
        assertThat(caller.json(path, "{\"metadata\":{\"c\":\"d\"}}").at("/metadata/c").asText())
                .isEqualTo("d");
        assertThat(caller.delete(path).path("object").asText()).isEqualTo("conversation.deleted");
        assertThat(caller.json(path, "").has("error")).isTrue();
        assertThat(standIn.bill().entries()).isEmpty();
    }
}
