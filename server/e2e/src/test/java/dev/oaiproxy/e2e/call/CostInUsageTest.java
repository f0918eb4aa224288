package dev.oaiproxy.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.core.ObjectMappers;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.proxy.relay.FormBuilder;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cost of a call in the usage of its response, for clients that request it by a header. */
@Tag("server")
@Timeout(120)
final class CostInUsageTest {
    private static final String HEADER = "x-oaiproxy-cost";

    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        bob = site.operator().createKey("bob", "50");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private HttpResponse<String> ask(String path, String body, String wanted) {
        return site.web()
                .send(
                        HttpTestClient.to(site.v1(path), bob.secret())
                                .header(HEADER, wanted)
                                .POST(BodyPublishers.ofString(body))
                                .build());
    }

    private String costOf(HttpResponse<String> answer) {
        return site.operator()
                .endedCall(HttpTestClient.header(answer, "x-oaiproxy-call-id"))
                .call()
                .costUsd();
    }

    /** Removes the parts that differ between two responses to the same request. */
    private static String withoutChance(String text) {
        return text.replaceAll("\"obfuscation\" ?: ?\"[^\"]*\"", "")
                .replaceAll("\\b([a-z]{2,8})[_-][0-9A-Za-z]{6,}", "$1_")
                .replaceAll("(\"[a-z]+_at\"|\"created\") ?: ?[0-9.]+", "$1:0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/chat/completions | {'model':'gpt-4o',"
                        + "'messages':[{'role':'user','content':'hi'}]}",
                "/chat/completions | {'model':'gpt-4o',"
                        + "'messages':[{'role':'user','content':'hi'}],"
                        + "'stream':true,'stream_options':{'include_usage':true}}",
                "/responses | {'model':'gpt-4o','input':'hi [[tokens=5]]'}",
                "/responses | {'model':'gpt-4o','input':'hi [[tokens=5]]','stream':true}",
                "/embeddings | {'model':'text-embedding-3-small','input':'hi'}",
                "/images/generations | {'model':'gpt-image-2','prompt':'hi','stream':true}",
                "/images/generations | {'model':'gpt-image-2','prompt':'hi','stream':true,'n':2}",
                "/audio/speech | {'model':'gpt-4o-mini-tts','voice':'alloy','input':'hi',"
                        + "'stream_format':'sse'}",
            })
    void isPutInAndAllElseStays(String path, String request) {
        String body = request.replace('\'', '"');
        HttpResponse<String> told = ask(path, body, "usage");
        HttpResponse<String> plain = site.web().post(site.v1(path), bob.secret(), body);
        String cost = ",\"cost_usd\":\"" + costOf(told) + "\"";

        assertThat(told.statusCode()).as(told.body()).isEqualTo(200);
        assertThat(told.body()).containsOnlyOnce(cost);
        assertThat(plain.body()).doesNotContain("cost_usd");
        assertThat(withoutChance(told.body().replace(cost, "")))
                .isEqualTo(withoutChance(plain.body()));
        assertThat(costOf(told)).isEqualTo(costOf(plain));
    }

    @Test
    void isInTheLastEventOfATranscript() {
        FormBuilder form =
                new FormBuilder()
                        .field("model", "gpt-4o-transcribe")
                        .field("stream", "true")
                        .file("file", "a.wav", FormBuilder.wav(1));
        HttpResponse<String> answer =
                site.web()
                        .send(
                                HttpTestClient.to(site.v1("/audio/transcriptions"), bob.secret())
                                        .header(HEADER, "usage")
                                        .setHeader("Content-Type", FormBuilder.TYPE)
                                        .POST(BodyPublishers.ofByteArray(form.bytes()))
                                        .build());
        String[] events = answer.body().split("\n\n", -1);
        assertThat(answer.body()).containsOnlyOnce("cost_usd");
        assertThat(Arrays.stream(events).filter(event -> event.contains("transcript.text.done")))
                .singleElement()
                .asString()
                .contains(",\"cost_usd\":\"" + costOf(answer) + "\"");
    }

    private WebSocketTestClient socket(String path) {
        return WebSocketTestClient.at(
                site.v1(path), "Authorization", "Bearer " + bob.secret(), HEADER, "usage");
    }

    @Test
    void isInTheEventsOfARealtimeConversation() {
        try (WebSocketTestClient client = socket("/realtime?model=gpt-realtime-2")) {
            client.say(
                    "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
                            + "'content':[{'type':'input_text','text':'hi [[tokens=5]]'}]}}");
            client.say("{'type':'response.create','response':{'output_modalities':['text']}}");
            JsonNode usage = client.event("response.done").at("/response/usage");
            assertThat(usage.path("output_tokens").asInt()).isPositive();
            assertThat(usage.path("cost_usd").asText()).isEqualTo(charged());
        }
    }

    @Test
    void isInTheEventsOfAConversationOfResponses() {
        try (WebSocketTestClient client = socket("/responses")) {
            client.say("{'type':'response.create','model':'gpt-4o','input':'hi [[tokens=5]]'}");
            JsonNode usage = client.event("response.completed").at("/response/usage");
            assertThat(usage.path("cost_usd").asText()).isEqualTo(charged());
        }
    }

    private String charged() {
        return site.operator().calls().stream()
                .filter(call -> call.state().equals("charged"))
                .findFirst()
                .orElseThrow()
                .costUsd();
    }

    @Test
    void isNotThereForAnotherWish() {
        HttpResponse<String> answer =
                ask("/chat/completions", SampleRequests.json("hello", ""), "header");
        assertThat(answer.body()).doesNotContain("cost_usd");
    }

    @Test
    void makesNoUsageChunkThatWasNotAskedFor() {
        HttpResponse<String> answer =
                ask("/chat/completions", SampleRequests.json("hello", "\"stream\":true"), "usage");
        assertThat(answer.body()).doesNotContain("\"usage\":{").doesNotContain("cost_usd");
    }

    @Test
    void isInALongAnswerWhoseBeginningHasLeftBefore() {
        String inputs = "\"b\",".repeat(30) + "\"a\"";
        String body = "{\"model\":\"text-embedding-3-small\",\"input\":[" + inputs + "]}";
        HttpResponse<String> answer = ask("/embeddings", body, "usage");
        assertThat(answer.body().length()).isGreaterThan(256 << 10);
        JsonNode usage = HttpTestClient.json(answer).path("usage");
        assertThat(usage.path("cost_usd").asText()).isEqualTo(costOf(answer));
    }

    @Test
    void isReadByTheOfficialSdk() {
        OpenAIClient client =
                site.sdk(bob.secret()).withOptions(options -> options.putHeader(HEADER, "usage"));
        ChatCompletion chat =
                client.chat()
                        .completions()
                        .create(SampleRequests.chat("hello [[tokens=5]]"))
                        .validate();
        assertThat(chat.usage().map(CompletionUsage::completionTokens)).hasValue(5L);
        assertThat(cost(chat.usage().orElseThrow())).isEqualTo(newest());

        ChatCompletionChunk last = chunks(client).getLast();
        assertThat(cost(last.usage().orElseThrow())).isEqualTo(newest());

        Response response = client.responses().create(prompt()).validate();
        assertThat(cost(response.usage().orElseThrow())).isEqualTo(newest());

        Response streamed = completed(client);
        assertThat(cost(streamed.usage().orElseThrow())).isEqualTo(newest());
    }

    private String newest() {
        String id = site.operator().calls().getFirst().id();
        return site.operator().endedCall(id).call().costUsd();
    }

    /** The SDK keeps unknown members. */
    private static String cost(Object usage) {
        return ObjectMappers.jsonMapper().valueToTree(usage).path("cost_usd").asText();
    }

    private static List<ChatCompletionChunk> chunks(OpenAIClient client) {
        ChatCompletionStreamOptions usage =
                ChatCompletionStreamOptions.builder().includeUsage(true).build();
        try (StreamResponse<ChatCompletionChunk> answer =
                client.chat()
                        .completions()
                        .createStreaming(
                                SampleRequests.chat("gpt-4o", "hello")
                                        .streamOptions(usage)
                                        .build())) {
            return answer.stream().map(ChatCompletionChunk::validate).toList();
        }
    }

    private static ResponseCreateParams prompt() {
        return ResponseCreateParams.builder().model("gpt-4o").input("hi [[tokens=5]]").build();
    }

    private static Response completed(OpenAIClient client) {
        try (StreamResponse<ResponseStreamEvent> answer =
                client.responses().createStreaming(prompt())) {
            return answer.stream()
                    .flatMap(event -> event.completed().stream())
                    .findFirst()
                    .orElseThrow()
                    .validate()
                    .response();
        }
    }
}
