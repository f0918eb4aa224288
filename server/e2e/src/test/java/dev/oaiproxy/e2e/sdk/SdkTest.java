package dev.oaiproxy.e2e.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls by the official SDK, and their rows in the ledger. */
@Tag("server")
@Timeout(120)
final class SdkTest {
    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;
    private OpenAIClient client;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        bob = site.operator().createKey("bob", "5");
        client = site.sdk(bob.secret());
    }

    @AfterEach
    void stop() {
        site.close();
    }

    /** The ledger's row of the one call, which must agree with the stand-in's bill. */
    private Call chargedExactly() {
        Call call = site.operator().onlyCallOf(bob);
        assertThat(call.state()).isEqualTo("charged");
        assertThat(call.costUsd()).isEqualTo(ExpectedCosts.cost(ExpectedCosts.last(site)));
        assertThat(site.operator().quota("user:bob").spentUsd()).isEqualTo(call.costUsd());
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        return call;
    }

    @Test
    void chatsAndIsChargedExactly() {
        try (HttpResponseFor<ChatCompletion> answer =
                client.chat()
                        .completions()
                        .withRawResponse()
                        .create(SampleRequests.chat("hello world [[tokens=3]]"))) {
            assertThat(answer.parse().validate().choices().getFirst().message().content())
                    .hasValue("This is the");
            Call call = chargedExactly();
            assertThat(call.model()).isEqualTo("gpt-4o");
            assertThat(call.operation()).isEqualTo("chat/completions");
            assertHeaders(answer.headers(), call);
        }
    }

    private void assertHeaders(Headers headers, Call call) {
        assertThat(headers.values("x-oaiproxy-call-id")).containsExactly(call.id());
        assertThat(headers.values("x-oaiproxy-cost-usd")).containsExactly(call.costUsd());
        assertThat(headers.values("x-oaiproxy-remaining-usd"))
                .containsExactly(ExpectedCosts.minus("5", call.costUsd()));
        assertThat(headers.values("x-request-id"))
                .containsExactly(ExpectedCosts.last(site).requestId());
        assertThat(headers.names())
                .doesNotContain("openai-organization", "openai-project", "set-cookie");
    }

    private static List<ChatCompletionChunk> chunks(
            OpenAIClient client, ChatCompletionCreateParams params) {
        try (StreamResponse<ChatCompletionChunk> answer =
                client.chat().completions().createStreaming(params)) {
            return answer.stream().map(ChatCompletionChunk::validate).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void streamsAsOpenAiItselfDoes(boolean includeUsage) {
        ChatCompletionCreateParams params =
                SampleRequests.chat("gpt-4o", "hello [[tokens=5]]")
                        .streamOptions(
                                ChatCompletionStreamOptions.builder()
                                        .includeUsage(includeUsage)
                                        .build())
                        .build();
        List<ChatCompletionChunk> here = chunks(client, params);
        Call call = chargedExactly();

        assertThat(call.outputTokens()).isEqualTo(5);
        List<ChatCompletionChunk> there = chunks(site.direct(), params);
        assertThat(here).extracting(c -> c.choices()).isEqualTo(choices(there));
        assertThat(here).extracting(c -> c._usage()).isEqualTo(usages(there));
        assertThat(here.getLast().usage().isPresent()).isEqualTo(includeUsage);
    }

    private static List<?> choices(List<ChatCompletionChunk> chunks) {
        return chunks.stream().map(ChatCompletionChunk::choices).toList();
    }

    private static List<?> usages(List<ChatCompletionChunk> chunks) {
        return chunks.stream().map(ChatCompletionChunk::_usage).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SampleRequests.STREAM,
                SampleRequests.WITH_USAGE,
                SampleRequests.STREAM + ",\"stream_options\":{\"include_obfuscation\":false}",
                SampleRequests.STREAM + ",\"stream_options\":null",
                SampleRequests.STREAM + ",\"n\":3"
            })
    void givesTheBytesOfAStreamAsOpenAiItselfDoes(String more) {
        String body = SampleRequests.json("hello [[tokens=5]]", more);
        String here = site.web().post(site.v1("/chat/completions"), bob.secret(), body).body();
        chargedExactly();

        URI direct = URI.create(site.openAi().baseUrl() + "/chat/completions");
        String there = site.web().post(direct, site.openAi().apiKey(), body).body();
        assertThat(here).endsWith("data: [DONE]\n\n");
        assertThat(withoutChance(here)).isEqualTo(withoutChance(there));
    }

    private static String withoutChance(String events) {
        return events.replaceAll("\"(id|obfuscation)\":\"[^\"]*\"", "\"$1\":\"\"")
                .replaceAll("\"created\":[0-9]+", "\"created\":0");
    }

    @Test
    void embedsInBothFormats() {
        CreateEmbeddingResponse packed =
                client.embeddings().create(SampleRequests.embedding("hello world").build());
        assertThat(chargedExactly().inputTokens()).isEqualTo(2);
        CreateEmbeddingResponse plain =
                client.embeddings()
                        .create(
                                SampleRequests.embedding("hello world")
                                        .encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                                        .build());

        assertThat(packed.data().getFirst().embedding()).hasSize(1536);
        assertThat(plain.data().getFirst().embedding())
                .isEqualTo(packed.data().getFirst().embedding());
        // Twice two tokens at 0.02 USD a million.
        assertThat(site.operator().quota("user:bob").spentUsd()).isEqualTo("0.00000008");
    }

    @Test
    void listsModelsForNothing() {
        assertThat(client.models().list().data())
                .extracting(model -> model.id())
                .contains("gpt-4o", "text-embedding-3-small");
        assertThat(client.models().retrieve("gpt-4o").id()).isEqualTo("gpt-4o");
        assertThat(site.operator().calls()).isEmpty();
    }

    @Test
    void takesTheKeyInThePathWhateverTheHeaderSays() {
        String base = site.address() + "/" + bob.secret() + "/v1";
        OpenAIClient original = site.sdk(base, "anything");
        original.chat().completions().create(SampleRequests.chat("hello"));

        chargedExactly();
        assertThat(original.models().list().data()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"api-key", "x-api-key"})
    void takesTheKeyInAnotherHeader(String header) {
        HttpRequest request =
                HttpRequest.newBuilder(site.v1("/chat/completions"))
                        .header(header, bob.secret())
                        .POST(BodyPublishers.ofString(SampleRequests.json("hello", "")))
                        .build();
        assertThat(site.web().send(request).statusCode()).isEqualTo(200);
        chargedExactly();
    }

    @Test
    void keepsWhatWasAskedAndAnswered() {
        String text =
                chunks(client, SampleRequests.chat("keep this [[tokens=2]]")).stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .flatMap(choice -> choice.delta().content().stream())
                        .collect(Collectors.joining());
        String id = site.operator().onlyCallOf(bob).id();

        assertThat(text).isEqualTo("This is");
        assertThat(Eventually.ask(() -> site.operator().call(id), c -> c.response() != null))
                .satisfies(call -> assertThat(call.request()).contains("keep this"))
                .satisfies(call -> assertThat(call.response()).contains("[DONE]"))
                .satisfies(call -> assertThat(call.lines()).hasSize(2));
    }
}
