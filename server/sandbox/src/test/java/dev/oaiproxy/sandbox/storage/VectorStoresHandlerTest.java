package dev.oaiproxy.sandbox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.MultipartBody;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxClient;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class VectorStoresHandlerTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private String upload(String content) throws Exception {
        MultipartBody form =
                new MultipartBody()
                        .field("purpose", "assistants")
                        .file("file", "a.txt", content.getBytes(StandardCharsets.UTF_8));
        return SandboxClient.JSON
                .readTree(client.send(form.to(client, "/files")).body())
                .path("id")
                .asText();
    }

    private String create(String body) throws Exception {
        return "/vector_stores/" + client.json("/vector_stores", body).path("id").asText();
    }

    @Test
    void growsAndShrinksWithItsFiles() throws Exception {
        String first = upload("hello");
        String store = create("{\"file_ids\":[\"" + first + "\"]}");
        assertThat(client.json(store, "").path("usage_bytes").asInt()).isEqualTo(5);

        String second = upload("world!!");
        JsonNode attached = client.json(store + "/files", "{\"file_id\":\"" + second + "\"}");
        assertThat(attached.path("usage_bytes").asInt()).isEqualTo(7);
        JsonNode grown = client.json(store, "");
        assertThat(grown.path("usage_bytes").asInt()).isEqualTo(12);
        assertThat(grown.path("file_counts").path("total").asInt()).isEqualTo(2);

        assertThat(client.delete(store + "/files/" + first).path("deleted").asBoolean()).isTrue();
        assertThat(client.json(store, "").path("usage_bytes").asInt()).isEqualTo(7);
        assertThat(client.json(store + "/files", "").path("data").findValuesAsText("id"))
                .containsExactly(second);
        JsonNode content = client.json(store + "/files/" + second + "/content", "");
        assertThat(content.path("data").findValuesAsText("text")).containsExactly("world!!");
    }

    @Test
    void attachesFilesTogether() throws Exception {
        String store = create("{}");
        String ids = "{\"file_ids\":[\"%s\",\"%s\"]}".formatted(upload("a"), upload("bc"));
        JsonNode batch = client.json(store + "/file_batches", ids);
        String path = store + "/file_batches/" + batch.path("id").asText();

        assertThat(batch.path("file_counts").path("completed").asInt()).isEqualTo(2);
        assertThat(client.json(path, "")).isEqualTo(batch);
        assertThat(client.json(path + "/cancel", "{}")).isEqualTo(batch);
        assertThat(client.json(path + "/files", "").path("data")).hasSize(2);
        assertThat(client.json(store, "").path("usage_bytes").asInt()).isEqualTo(3);
    }

    @Test
    void expiresSoManyDaysAfterItsLastUse() throws Exception {
        String store = create("{\"expires_after\":{\"anchor\":\"last_active_at\",\"days\":2}}");
        JsonNode json = client.json(store, "");
        assertThat(json.path("expires_at").asLong())
                .isEqualTo(json.path("last_active_at").asLong() + 2 * 86_400);
        assertThat(client.json(store, "{\"expires_after\":null}").path("expires_at").isNull())
                .isTrue();
        assertThat(client.json(store, "{\"name\":\"n\"}").path("name").asText()).isEqualTo("n");
    }

    @Test
    void chargesASearch() throws Exception {
        String store = create("{\"file_ids\":[\"" + upload("hello") + "\"]}");
        JsonNode found = client.json(store + "/search", "{\"query\":\"what\"}");

        assertThat(found.path("data").path(0).path("content").path(0).path("text").asText())
                .isEqualTo("hello");
        assertThat(client.bill().entries().getFirst().extras())
                .containsExactly(new ExtraUsage("tool:file_search", "file_search", 1));
    }

    @Test
    void refusesWhatIsNotThere() throws Exception {
        String store = create("{}");
        for (String path : new String[] {"/vector_stores/vs_1", store + "/files/file-1"}) {
            assertThat(client.send(client.request(path).build()).statusCode()).isEqualTo(404);
        }
        assertThat(client.json(store + "/files", "{\"file_id\":\"file-1\"}").has("error")).isTrue();
        assertThat(client.json("/vector_stores", "{\"file_ids\":[\"file-1\"]}").has("error"))
                .isTrue();
        assertThat(client.delete(store).path("deleted").asBoolean()).isTrue();
        assertThat(client.json("/vector_stores", "").path("data")).isEmpty();
    }
}
