package dev.oaiproxy.sandbox.response;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCompactParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.Tool;
import com.openai.models.responses.WebSearchTool;
import com.openai.models.responses.inputtokens.InputTokenCountParams;
import dev.oaiproxy.sandbox.SandboxSdk;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("server")
final class ResponsesSdkTest {
    @AutoClose private final SandboxSdk sandbox = SandboxSdk.start();
    private final OpenAIClient client = sandbox.client();

    private static ResponseCreateParams.Builder ask(String model, String text) {
        return ResponseCreateParams.builder().model(model).input(text);
    }

    private static ResponseCreateParams.Builder tools(String model, String text) {
        return ask(model, text)
                .addTool(WebSearchTool.builder().type(WebSearchTool.Type.WEB_SEARCH).build())
                .addFileSearchTool(List.of("vs_1"))
                .addTool(
                        Tool.CodeInterpreter.builder()
                                .container(
                                        Tool.CodeInterpreter.Container.CodeInterpreterToolAuto
                                                .builder()
                                                .build())
                                .build())
                .addTool(Tool.ImageGeneration.builder().build());
    }

    @Test
    void creates() {
        Response answer = client.responses().create(tools("gpt-5.6", "Hi [[tokens=3]]").build());

        answer.validate();
        assertThat(answer.status()).hasValue(ResponseStatus.COMPLETED);
        assertThat(answer.output().getLast().asMessage().content().getFirst().asOutputText().text())
                .isEqualTo("This is the");
        assertThat(answer.usage().orElseThrow().outputTokens()).isEqualTo(67);
        assertThat(answer.toolUsage().orElseThrow().webSearch().numRequests()).isEqualTo(1);
        assertThat(answer.output()).anyMatch(item -> item.isCodeInterpreterCall());
        assertThat(answer.output()).anyMatch(item -> item.isImageGenerationCall());
        assertThat(answer.output()).anyMatch(item -> item.isFileSearchCall());
    }

    @Test
    void streams() {
        ResponseCreateParams params = tools("gpt-5.6", "Hi [[tokens=3]]").build();
        try (StreamResponse<ResponseStreamEvent> events =
                client.responses().createStreaming(params)) {
            List<ResponseStreamEvent> all = events.stream().toList();
            all.forEach(ResponseStreamEvent::validate);
            assertThat(all.getLast().asCompleted().response().usage().orElseThrow().outputTokens())
                    .isEqualTo(67);
        }
    }

    @Test
    void worksInTheBackground() {
        Response started =
                client.responses().create(ask("gpt-4o", "[[delay=5ms]]").background(true).build());
        Response seen = started.validate();
        while (!seen.status().equals(Optional.of(ResponseStatus.COMPLETED))) {
            seen = client.responses().retrieve(started.id());
        }
        assertThat(started.status()).hasValue(ResponseStatus.QUEUED);
        assertThat(seen.validate().usage().orElseThrow().outputTokens()).isEqualTo(16);
    }

    @Test
    void cancelsListsAndDeletes() {
        Response started =
                client.responses().create(ask("gpt-4o", "[[delay=1s]]").background(true).build());
        Response cancelled = client.responses().cancel(started.id());
        assertThat(cancelled.status()).hasValue(ResponseStatus.CANCELLED);
        assertThat(client.responses().inputItems().list(started.id()).items()).hasSize(1);
        client.responses().inputItems().list(started.id()).response().validate();
        client.responses().delete(started.id());
    }

    /** The SDK's validation rejects user messages in an output, although OpenAI returns them. */
    @Test
    void countsAndCompacts() {
        long tokens =
                client.responses()
                        .inputTokens()
                        .count(InputTokenCountParams.builder().model("gpt-4o").input("Hi").build())
                        .inputTokens();
        assertThat(tokens).isPositive();
        assertThat(
                        client.responses()
                                .compact(
                                        ResponseCompactParams.builder()
                                                .model("gpt-4o")
                                                .input("Hi")
                                                .build())
                                .usage()
                                .inputTokens())
                .isEqualTo(tokens);
    }
}
