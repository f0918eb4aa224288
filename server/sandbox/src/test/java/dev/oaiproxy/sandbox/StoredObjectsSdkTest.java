package dev.oaiproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.containers.ContainerCreateParams;
import com.openai.models.containers.ContainerCreateResponse;
import com.openai.models.containers.files.FileCreateParams;
import com.openai.models.containers.files.FileCreateResponse;
import com.openai.models.conversations.Conversation;
import com.openai.models.decisions.Decision;
import com.openai.models.decisions.DecisionCreateParams;
import com.openai.models.moderations.ModerationCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class StoredObjectsSdkTest {
    @AutoClose private final SandboxSdk sandbox = SandboxSdk.start();
    private final OpenAIClient client = sandbox.client();

    @Test
    void converses() {
        Conversation conversation = client.conversations().create().validate();
        client.responses()
                .create(
                        ResponseCreateParams.builder()
                                .model("gpt-4o")
                                .input("Hi")
                                .conversation(conversation.id())
                                .build());

        assertThat(client.conversations().items().list(conversation.id()).response().validate())
                .satisfies(items -> assertThat(items.data()).hasSize(2));
        assertThat(client.conversations().retrieve(conversation.id()).id())
                .isEqualTo(conversation.id());
        assertThat(client.conversations().delete(conversation.id()).validate().deleted()).isTrue();
    }

    @Test
    void completes() {
        CompletionCreateParams params =
                CompletionCreateParams.builder()
                        .model("gpt-3.5-turbo-instruct")
                        .prompt("Hi [[tokens=3]]")
                        .build();
        Completion answer = client.completions().create(params).validate();
        assertThat(answer.choices().getFirst().text()).isEqualTo("This is the");
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(3);
        try (StreamResponse<Completion> chunks = client.completions().createStreaming(params)) {
            assertThat(chunks.stream().count()).isEqualTo(5);
        }
    }

    @Test
    void keepsChats() {
        ChatCompletion stored =
                client.chat()
                        .completions()
                        .create(
                                ChatCompletionCreateParams.builder()
                                        .model("gpt-4o")
                                        .addUserMessage("Hi")
                                        .store(true)
                                        .build());
        assertThat(client.chat().completions().list().response().validate().data())
                .extracting(ChatCompletion::id)
                .containsExactly(stored.id());
        assertThat(client.chat().completions().retrieve(stored.id()).validate().usage())
                .isEqualTo(stored.usage());
        assertThat(client.chat().completions().delete(stored.id()).validate().deleted()).isTrue();
    }

    @Test
    void containsFiles() {
        ContainerCreateResponse container =
                client.containers()
                        .create(ContainerCreateParams.builder().name("mine").build())
                        .validate();
        FileCreateResponse file =
                client.containers()
                        .files()
                        .create(
                                container.id(),
                                FileCreateParams.builder()
                                        .file("hello".getBytes(StandardCharsets.UTF_8))
                                        .build())
                        .validate();

        assertThat(file.bytes()).isEqualTo(5);
        assertThat(client.containers().list().response().validate().data()).hasSize(1);
        assertThat(client.containers().files().list(container.id()).response().validate().data())
                .hasSize(1);
        client.containers().delete(container.id());
    }

    @Test
    void decidesAndModerates() {
        Decision decision =
                client.decisions()
                        .create(
                                DecisionCreateParams.builder()
                                        .model("gpt-6-luna")
                                        .input("Hi")
                                        .addQuestion(
                                                DecisionCreateParams.Question.Predicate.builder()
                                                        .instructions("Is it?")
                                                        .build())
                                        .build())
                        .validate();
        assertThat(decision.answers().getFirst().asPredicate().probability()).isEqualTo(0.5);
        assertThat(
                        client.moderations()
                                .create(
                                        ModerationCreateParams.builder()
                                                .inputOfStrings(List.of("Hi"))
                                                .build())
                                .validate()
                                .results())
                .hasSize(1);
    }
}
