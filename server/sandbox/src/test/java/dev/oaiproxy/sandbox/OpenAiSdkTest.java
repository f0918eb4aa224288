package dev.oaiproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class OpenAiSdkTest {
    @AutoClose private final SandboxSdk sandbox = SandboxSdk.start();
    private final OpenAIClient client = sandbox.client();

    private static ChatCompletionCreateParams.Builder chat(String model, String text) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(text);
    }

    @Test
    void chats() {
        ChatCompletion answer =
                client.chat().completions().create(chat("gpt-4o", "Hi [[tokens=3]]").build());

        assertThat(answer.choices().getFirst().message().content()).hasValue("This is the");
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(3);
        assertThat(answer.validate().model()).isEqualTo("gpt-4o-2024-08-06");
    }

    @Test
    void streams() {
        ChatCompletionCreateParams params =
                chat("gpt-5", "Hi [[tokens=3]]")
                        .streamOptions(
                                ChatCompletionStreamOptions.builder().includeUsage(true).build())
                        .build();
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(params)) {
            List<ChatCompletionChunk> all = chunks.stream().toList();
            all.forEach(ChatCompletionChunk::validate);
            assertThat(
                            all.stream()
                                    .flatMap(chunk -> chunk.choices().stream())
                                    .flatMap(choice -> choice.delta().content().stream())
                                    .collect(Collectors.joining()))
                    .isEqualTo("This is the");
            assertThat(all.getLast().usage().orElseThrow().completionTokens()).isEqualTo(67);
        }
    }

    @Test
    void embeds() {
        CreateEmbeddingResponse answer =
                client.embeddings()
                        .create(
                                EmbeddingCreateParams.builder()
                                        .model("text-embedding-3-small")
                                        .input("hello world")
                                        .build());

        assertThat(answer.data().getFirst().embedding()).hasSize(1536);
        assertThat(answer.usage().promptTokens()).isEqualTo(2);
        assertThat(client.models().list().data()).isNotEmpty();
    }

    @Test
    void raisesTheErrorsOfTheSdk() {
        assertThatThrownBy(() -> send(client, "gpt-9", "Hi")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> send(client, "gpt-4o", "[[fault=quota]]"))
                .isInstanceOf(RateLimitException.class);
        assertThatThrownBy(() -> send(client, "gpt-4o", "[[fault=500]]"))
                .isInstanceOf(InternalServerException.class);
        OpenAIClient stranger = sandbox.clientWith("sk-other");
        assertThatThrownBy(() -> send(stranger, "gpt-4o", "Hi"))
                .isInstanceOf(UnauthorizedException.class);
        stranger.close();
    }

    private static void send(OpenAIClient client, String model, String text) {
        client.chat().completions().create(chat(model, text).build());
    }
}
