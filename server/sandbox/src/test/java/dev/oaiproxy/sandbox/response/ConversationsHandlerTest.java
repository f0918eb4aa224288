package dev.oaiproxy.sandbox.response;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxClient;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class ConversationsHandlerTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private JsonNode create() throws Exception {
        return client.json(
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
                    client.json(
                            "/responses",
                            SandboxClient.response(
                                    "gpt-4o", "Go on", "\"conversation\":" + member));
            assertThat(body.at("/conversation/id").asText()).isEqualTo(id);
        }

        assertThat(created.path("object").asText()).isEqualTo("conversation");
        assertThat(created.at("/metadata/a").asText()).isEqualTo("b");
        assertThat(client.json(path + "/items", "").path("data")).hasSize(5);
        List<SandboxBill.BillEntry> entries = client.bill().entries();
        assertThat(entries.get(1).tokens().prompt())
                .isGreaterThan(entries.get(0).tokens().prompt() + 16);
    }

    @Test
    void givesItsItemsOutInPages() throws Exception {
        String path = "/conversations/" + create().path("id").asText() + "/items";
        JsonNode added =
                client.json(
                        path,
                        """
                        {"items":[{"role":"user","content":"2"},{"role":"user","content":"3"}]}\
                        """);
        JsonNode page = client.json(path + "?limit=2", "");
        JsonNode rest = client.json(path + "?limit=2&after=" + page.path("last_id").asText(), "");

        assertThat(added.path("data")).hasSize(2);
        assertThat(page.path("has_more").asBoolean()).isTrue();
        assertThat(page.at("/data/0/content/0/text").asText()).isEqualTo("3");
        assertThat(rest.path("has_more").asBoolean()).isFalse();
        assertThat(rest.at("/data/0/content/0/text").asText()).isEqualTo("Hello");
        assertThat(client.json(path + "?order=asc", "").at("/data/0"))
                .isEqualTo(rest.at("/data/0"));
    }

    @Test
    void forgetsWhatIsDeleted() throws Exception {
        String path = "/conversations/" + create().path("id").asText();
        String item = path + "/items/" + client.json(path + "/items", "").at("/data/0/id").asText();

        assertThat(client.json(item, "").path("role").asText()).isEqualTo("user");
        assertThat(client.delete(item).path("object").asText()).isEqualTo("conversation");
        assertThat(client.json(item, "").has("error")).isTrue();
        assertThat(client.json(path, "{\"metadata\":{\"c\":\"d\"}}").at("/metadata/c").asText())
                .isEqualTo("d");
        assertThat(client.delete(path).path("object").asText()).isEqualTo("conversation.deleted");
        assertThat(client.json(path, "").has("error")).isTrue();
        assertThat(client.bill().entries()).isEmpty();
    }
}
