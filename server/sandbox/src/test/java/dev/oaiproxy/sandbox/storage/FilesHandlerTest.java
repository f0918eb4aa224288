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
final class FilesHandlerTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private JsonNode upload(String name, String purpose, String content) throws Exception {
        MultipartBody form =
                new MultipartBody()
                        .field("purpose", purpose)
                        .file("file", name, content.getBytes(StandardCharsets.UTF_8));
        return SandboxClient.JSON.readTree(client.send(form.to(client, "/files")).body());
    }

    @Test
    void keepsFilesUntilTheyAreDeleted() throws Exception {
        JsonNode file = upload("a.jsonl", "batch", "hello");
        String path = "/files/" + file.path("id").asText();

        assertThat(file.path("bytes").asInt()).isEqualTo(5);
        assertThat(client.json(path, "")).isEqualTo(file);
        assertThat(client.send(client.request(path + "/content").build()).body())
                .isEqualTo("hello");
        assertThat(client.delete(path).path("deleted").asBoolean()).isTrue();
        assertThat(client.send(client.request(path).build()).statusCode()).isEqualTo(404);
        assertThat(client.bill().entries()).isEmpty();
    }

    @Test
    void listsFilesInPages() throws Exception {
        upload("a", "batch", "a");
        String second = upload("b", "batch", "b").path("id").asText();
        upload("c", "user_data", "c");

        JsonNode page = client.json("/files?purpose=batch&limit=1", "");
        assertThat(page.path("first_id").asText()).isEqualTo(second);
        assertThat(page.path("last_id").asText()).isEqualTo(second);
        assertThat(page.path("has_more").asBoolean()).isTrue();
        JsonNode next = client.json("/files?purpose=batch&after=" + second, "");
        assertThat(next.path("data").findValuesAsText("filename")).containsExactly("a");
        assertThat(next.path("has_more").asBoolean()).isFalse();
        assertThat(client.json("/files?order=asc", "").path("data").findValuesAsText("filename"))
                .containsExactly("a", "b", "c");
    }

    @Test
    void refusesWhatOpenAiRefuses() throws Exception {
        assertThat(upload("a", "fun", "a").path("error").path("param").asText())
                .isEqualTo("purpose");
        assertThat(client.json("/files", "{}").path("error").path("param").asText())
                .isEqualTo("file");
        String id = upload("a", "user_data", "a").path("id").asText();
        assertThat(client.json("/files/" + id + "/content", "").toString())
                .contains("Not allowed to download");
    }

    @Test
    void joinsTheParts() throws Exception {
        JsonNode upload =
                client.json(
                        "/uploads",
                        """
                        {"purpose":"batch","filename":"a","bytes":4,"mime_type":"text/plain"}\
                        """);
        String path = "/uploads/" + upload.path("id").asText();
        String first = part(path, "ab");
        String second = part(path, "cd");
        String parts = "{\"part_ids\":[\"%s\"%s]}";

        assertThat(client.json(path + "/complete", parts.formatted(first, "")).has("error"))
                .isTrue();
        JsonNode done =
                client.json(path + "/complete", parts.formatted(first, ",\"" + second + "\""));
        assertThat(done.path("status").asText()).isEqualTo("completed");
        String file = "/files/" + done.path("file").path("id").asText() + "/content";
        assertThat(client.send(client.request(file).build()).body()).isEqualTo("abcd");
        assertThat(client.json(path + "/cancel", "{}").has("error")).isTrue();
    }

    private String part(String path, String content) throws Exception {
        MultipartBody form =
                new MultipartBody().file("data", "x", content.getBytes(StandardCharsets.UTF_8));
        return SandboxClient.JSON
                .readTree(client.send(form.to(client, path + "/parts")).body())
                .path("id")
                .asText();
    }

    @Test
    void cancelsAnUpload() throws Exception {
        JsonNode upload =
                client.json(
                        "/uploads",
                        """
                        {"purpose":"batch","filename":"a","bytes":4,"mime_type":"text/plain"}\
                        """);
        String path = "/uploads/" + upload.path("id").asText() + "/cancel";
        assertThat(client.json(path, "{}").path("status").asText()).isEqualTo("cancelled");
        assertThat(client.json("/uploads", "{}").path("error").path("param").asText())
                .isEqualTo("purpose");
    }
}
