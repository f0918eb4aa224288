package dev.oaiproxy.sandbox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class ContainersHandlerTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private JsonNode create(String more) throws Exception {
        return client.json("/containers", "{\"name\":\"mine\"" + more + "}");
    }

    @Test
    void costsFiveMinutesToStart() throws Exception {
        JsonNode body = create(",\"memory_limit\":\"16g\"");

        assertThat(body.path("id").asText()).startsWith("cntr_");
        assertThat(body.path("memory_limit").asText()).isEqualTo("16g");
        assertThat(client.bill().entries().getFirst().extras())
                .containsExactly(new ExtraUsage("tool:container:16g", "container_minutes", 5));
        assertThat(create(",\"memory_limit\":\"2g\"").has("error")).isTrue();
        assertThat(create("").path("memory_limit").asText()).isEqualTo("1g");
    }

    @Test
    void isListedUntilItIsDeleted() throws Exception {
        String path = "/containers/" + create("").path("id").asText();
        create("");

        JsonNode page = client.json("/containers?limit=1", "");
        assertThat(page.path("data")).hasSize(1);
        assertThat(page.path("has_more").asBoolean()).isTrue();
        assertThat(client.json(path, "").path("name").asText()).isEqualTo("mine");
        assertThat(client.delete(path).path("deleted").asBoolean()).isTrue();
        assertThat(client.json(path, "").has("error")).isTrue();
        assertThat(client.json("/containers", "").path("data")).hasSize(1);
    }

    @Test
    void holdsFiles() throws Exception {
        String files = "/containers/" + create("").path("id").asText() + "/files";
        JsonNode file = client.json(files, "{\"file_id\":\"file-1\"}");
        String path = files + "/" + file.path("id").asText();

        assertThat(file.path("object").asText()).isEqualTo("container.file");
        assertThat(client.json(files, "").path("data")).hasSize(1);
        assertThat(client.json(path, "")).isEqualTo(file);
        assertThat(client.send(client.request(path + "/content").build()).body()).isEmpty();
        assertThat(client.delete(path).path("deleted").asBoolean()).isTrue();
        assertThat(client.json(path, "").has("error")).isTrue();
    }
}
