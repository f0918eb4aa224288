package dev.oaiproxy.sandbox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.MultipartBody;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.SandboxClient;
import dev.oaiproxy.sandbox.StandInSettings;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SkillsHandlerTest {
    private final OpenAiStandIn standIn = OpenAiStandIn.start(StandInSettings.DEFAULT);
    private final SandboxClient caller = new SandboxClient(standIn);

    @AfterEach
    void stop() {
        caller.close();
        standIn.close();
    }

    private JsonNode post(String path, String content) throws Exception {
        MultipartBody form =
                new MultipartBody()
                        .file("files", "sum.zip", content.getBytes(StandardCharsets.UTF_8));
        return SandboxClient.JSON.readTree(caller.send(form.to(caller, path)).body());
    }

    private String content(String path) throws Exception {
        return caller.send(caller.request(path + "/content").build()).body();
    }

    @Test
    void keepsVersions() throws Exception {
        String skill = "/skills/" + post("/skills", "one").path("id").asText();
        assertThat(post(skill + "/versions", "two").path("version").asText()).isEqualTo("2");

        JsonNode json = caller.json(skill, "");
        assertThat(json.path("name").asText()).isEqualTo("sum");
        assertThat(json.path("default_version").asText()).isEqualTo("1");
        assertThat(json.path("latest_version").asText()).isEqualTo("2");
        assertThat(content(skill)).isEqualTo("one");
        assertThat(content(skill + "/versions/2")).isEqualTo("two");
        caller.json(skill, "{\"default_version\":\"2\"}");
        assertThat(content(skill)).isEqualTo("two");
        assertThat(caller.delete(skill + "/versions/1").path("version").asText()).isEqualTo("1");
        assertThat(caller.json(skill + "/versions", "").path("data")).hasSize(1);
        assertThat(caller.delete(skill + "/versions/2").has("error")).isTrue();
    }

    @Test
    void deletesSkills() throws Exception {
        String id = caller.json("/skills", "{\"name\":\"sum\"}").path("id").asText();
        assertThat(caller.json("/skills", "").path("first_id").asText()).isEqualTo(id);
        assertThat(caller.delete("/skills/" + id).path("object").asText())
                .isEqualTo("skill.deleted");
        assertThat(caller.json("/skills/" + id, "").has("error")).isTrue();
        assertThat(caller.json("/skills", "{}").path("error").path("param").asText())
                .isEqualTo("files");
    }
}
