package dev.oaiproxy.sandbox.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.SandboxClient;
import dev.oaiproxy.sandbox.StandInSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StoredChatsHandlerTest {
    private final OpenAiStandIn standIn = OpenAiStandIn.start(StandInSettings.DEFAULT);
    private final SandboxClient caller = new SandboxClient(standIn);

    @AfterEach
    void stop() {
        caller.close();
        standIn.close();
    }

    @Test
    void keepsOnlyTheChatsThatAreToBeStored() throws Exception {
        String store = "\"store\":true,\"metadata\":{\"a\":\"b\"}";
        JsonNode first = caller.chat(SandboxClient.chat("gpt-4o", "One", store));
        caller.chat(SandboxClient.chat("gpt-4o", "Two", ""));
        caller.post(SandboxClient.chat("gpt-4o", "Three", store + ",\"stream\":true"));
        caller.post(SandboxClient.chat("gpt-5", "Four", store));

        JsonNode all = caller.json("/chat/completions", "");
        assertThat(all.path("data")).hasSize(3);
        assertThat(all.at("/data/0/id")).isEqualTo(first.path("id"));
        assertThat(all.at("/data/0/metadata/a").asText()).isEqualTo("b");
        assertThat(all.at("/data/1/choices/0/message/content").asText()).startsWith("This is");
        assertThat(caller.json("/chat/completions?model=gpt-5", "").path("data")).hasSize(1);
        JsonNode page = caller.json("/chat/completions?limit=2", "");
        assertThat(page.path("has_more").asBoolean()).isTrue();
        String after = "/chat/completions?after=" + page.path("last_id").asText();
        assertThat(caller.json(after, "").path("data")).hasSize(1);
    }

    @Test
    void changesAndDeletesThem() throws Exception {
        JsonNode stored = caller.chat(SandboxClient.chat("gpt-4o", "One", "\"store\":true"));
        String path = "/chat/completions/" + stored.path("id").asText();

        assertThat(caller.json(path, "").path("usage")).isEqualTo(stored.path("usage"));
        assertThat(caller.json(path, "{\"metadata\":{\"a\":\"b\"}}").at("/metadata/a").asText())
                .isEqualTo("b");
        assertThat(caller.json(path, "").at("/metadata/a").asText()).isEqualTo("b");
        assertThat(caller.json(path + "/messages", "").at("/data/0/content").asText())
                .isEqualTo("One");
        assertThat(caller.delete(path).path("deleted").asBoolean()).isTrue();
        assertThat(caller.json(path, "").has("error")).isTrue();
        assertThat(standIn.bill().entries()).hasSize(1);
    }
}
