package dev.oaiproxy.sandbox.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class StoredChatsHandlerTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    @Test
    void keepsOnlyTheChatsThatAreToBeStored() throws Exception {
        String store = "\"store\":true,\"metadata\":{\"a\":\"b\"}";
        JsonNode first = client.chat(SandboxClient.chat("gpt-4o", "One", store));
        client.chat(SandboxClient.chat("gpt-4o", "Two", ""));
        client.post(SandboxClient.chat("gpt-4o", "Three", store + ",\"stream\":true"));
        client.post(SandboxClient.chat("gpt-5", "Four", store));

        JsonNode all = client.json("/chat/completions", "");
        assertThat(all.path("data")).hasSize(3);
        assertThat(all.at("/data/0/id")).isEqualTo(first.path("id"));
        assertThat(all.at("/data/0/metadata/a").asText()).isEqualTo("b");
        assertThat(all.at("/data/1/choices/0/message/content").asText()).startsWith("This is");
        assertThat(client.json("/chat/completions?model=gpt-5", "").path("data")).hasSize(1);
        JsonNode page = client.json("/chat/completions?limit=2", "");
        assertThat(page.path("has_more").asBoolean()).isTrue();
        String after = "/chat/completions?after=" + page.path("last_id").asText();
        assertThat(client.json(after, "").path("data")).hasSize(1);
    }

    @Test
    void changesAndDeletesThem() throws Exception {
        JsonNode stored = client.chat(SandboxClient.chat("gpt-4o", "One", "\"store\":true"));
        String path = "/chat/completions/" + stored.path("id").asText();

        assertThat(client.json(path, "").path("usage")).isEqualTo(stored.path("usage"));
        assertThat(client.json(path, "{\"metadata\":{\"a\":\"b\"}}").at("/metadata/a").asText())
                .isEqualTo("b");
        assertThat(client.json(path, "").at("/metadata/a").asText()).isEqualTo("b");
        assertThat(client.json(path + "/messages", "").at("/data/0/content").asText())
                .isEqualTo("One");
        assertThat(client.delete(path).path("deleted").asBoolean()).isTrue();
        assertThat(client.json(path, "").has("error")).isTrue();
        assertThat(client.bill().entries()).hasSize(1);
    }
}
