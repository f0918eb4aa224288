package dev.oaiproxy.sandbox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.MultipartBody;
import dev.oaiproxy.sandbox.SandboxClient;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class SkillsHandlerTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private JsonNode post(String path, String content) throws Exception {
        MultipartBody form =
                new MultipartBody()
                        .file("files", "sum.zip", content.getBytes(StandardCharsets.UTF_8));
        return SandboxClient.JSON.readTree(client.send(form.to(client, path)).body());
    }

    private String content(String path) throws Exception {
        return client.send(client.request(path + "/content").build()).body();
    }

    @Test
    void keepsVersions() throws Exception {
        String skill = "/skills/" + post("/skills", "one").path("id").asText();
        assertThat(post(skill + "/versions", "two").path("version").asText()).isEqualTo("2");

        JsonNode json = client.json(skill, "");
        assertThat(json.path("name").asText()).isEqualTo("sum");
        assertThat(json.path("default_version").asText()).isEqualTo("1");
        assertThat(json.path("latest_version").asText()).isEqualTo("2");
        assertThat(content(skill)).isEqualTo("one");
        assertThat(content(skill + "/versions/2")).isEqualTo("two");
        client.json(skill, "{\"default_version\":\"2\"}");
        assertThat(content(skill)).isEqualTo("two");
        assertThat(client.delete(skill + "/versions/1").path("version").asText()).isEqualTo("1");
        assertThat(client.json(skill + "/versions", "").path("data")).hasSize(1);
        assertThat(client.delete(skill + "/versions/2").has("error")).isTrue();
    }

    @Test
    void deletesSkills() throws Exception {
        String id = client.json("/skills", "{\"name\":\"sum\"}").path("id").asText();
        assertThat(client.json("/skills", "").path("first_id").asText()).isEqualTo(id);
        assertThat(client.delete("/skills/" + id).path("object").asText())
                .isEqualTo("skill.deleted");
        assertThat(client.json("/skills/" + id, "").has("error")).isTrue();
        assertThat(client.json("/skills", "{}").path("error").path("param").asText())
                .isEqualTo("files");
    }
}
