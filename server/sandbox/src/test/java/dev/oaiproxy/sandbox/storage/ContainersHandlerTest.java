package dev.oaiproxy.sandbox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxClient;
import dev.oaiproxy.sandbox.StandInSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ContainersHandlerTest {
    private final OpenAiStandIn standIn = OpenAiStandIn.start(StandInSettings.DEFAULT);
    private final SandboxClient caller = new SandboxClient(standIn);

    @AfterEach
    void stop() {
        caller.close();
        standIn.close();
    }

    private JsonNode create(String more) throws Exception {
        return caller.json("/containers", "{\"name\":\"mine\"" + more + "}");
    }

    @Test
    void costsFiveMinutesToStart() throws Exception {
        JsonNode body = create(",\"memory_limit\":\"16g\"");

        assertThat(body.path("id").asText()).startsWith("cntr_");
        assertThat(body.path("memory_limit").asText()).isEqualTo("16g");
        assertThat(standIn.bill().entries().getFirst().extras())
                .containsExactly(new ExtraUsage("tool:container:16g", "container_minutes", 5));
        assertThat(create(",\"memory_limit\":\"2g\"").has("error")).isTrue();
        assertThat(create("").path("memory_limit").asText()).isEqualTo("1g");
    }

    @Test
    void isListedUntilItIsDeleted() throws Exception {
        String path = "/containers/" + create("").path("id").asText();
        create("");

        JsonNode page = caller.json("/containers?limit=1", "");
        assertThat(page.path("data")).hasSize(1);
        assertThat(page.path("has_more").asBoolean()).isTrue();
        assertThat(caller.json(path, "").path("name").asText()).isEqualTo("mine");
        assertThat(caller.delete(path).path("deleted").asBoolean()).isTrue();
        assertThat(caller.json(path, "").has("error")).isTrue();
        assertThat(caller.json("/containers", "").path("data")).hasSize(1);
    }

    @Test
    void holdsFiles() throws Exception {
        String files = "/containers/" + create("").path("id").asText() + "/files";
        JsonNode file = caller.json(files, "{\"file_id\":\"file-1\"}");
        String path = files + "/" + file.path("id").asText();

        assertThat(file.path("object").asText()).isEqualTo("container.file");
        assertThat(caller.json(files, "").path("data")).hasSize(1);
        assertThat(caller.json(path, "")).isEqualTo(file);
        assertThat(caller.send(caller.request(path + "/content").build()).body()).isEmpty();
        assertThat(caller.delete(path).path("deleted").asBoolean()).isTrue();
        assertThat(caller.json(path, "").has("error")).isTrue();
    }
}
