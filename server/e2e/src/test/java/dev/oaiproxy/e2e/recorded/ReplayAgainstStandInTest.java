package dev.oaiproxy.e2e.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Http;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Message;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Talk;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.StandInSettings;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stand-in answers in the shapes of OpenAI. */
@Tag("server")
@Timeout(60)
final class ReplayAgainstStandInTest {
    private static final HttpTestClient WEB = new HttpTestClient();
    private static OpenAiStandIn openAi;

    /** The stand-in's ids of the objects in the file. */
    private final Map<String, String> called = new HashMap<>();

    @BeforeAll
    static void start() {
        openAi = OpenAiStandIn.start(StandInSettings.DEFAULT);
    }

    @AfterAll
    static void stop() {
        openAi.close();
        WEB.close();
    }

    static List<RecordedExchange> exchanges() {
        return RecordedExchange.all();
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void hasTheShapeOfOpenAi(RecordedExchange recordedExchange) {
        for (RecordedExchange.Step step : recordedExchange.steps()) {
            switch (step) {
                case Http http -> ask(recordedExchange, http);
                case Talk talk -> talk(recordedExchange, talk);
            }
        }
    }

    private void ask(RecordedExchange recordedExchange, Http step) {
        List<JsonNode> recorded = JsonShape.values(step.answered(), step.answered().bytes());
        HttpResponse<byte[]> answer =
                Eventually.ask(() -> answer(step), got -> hasEnded(step, got, recorded));
        List<JsonNode> said = JsonShape.values(step.answered(), answer.body());
        assertThat(answer.statusCode())
                .as(MessageBody.text(answer.body()))
                .isEqualTo(step.answered().status());
        assertThat(HttpTestClient.header(answer, "content-type")).isEqualTo(step.answered().type());
        compare(recordedExchange, step.type(), recorded, said);
        for (String id : List.of("id", "output_file_id")) {
            if (step.answered().isJson() && recorded.getFirst().path(id).isTextual()) {
                called.put(
                        recorded.getFirst().path(id).asText(), said.getFirst().path(id).asText());
            }
        }
    }

    /** Polls until an asynchronous object has ended. */
    private static boolean hasEnded(Http step, HttpResponse<byte[]> got, List<JsonNode> recorded) {
        return !step.method().equals("GET")
                || !step.answered().isJson()
                || JsonShape.values(step.answered(), got.body())
                        .getFirst()
                        .path("status")
                        .equals(recorded.getFirst().path("status"));
    }

    private HttpResponse<byte[]> answer(Http step) {
        String target = step.target();
        for (Map.Entry<String, String> id : called.entrySet()) {
            target = target.replace(id.getKey(), id.getValue());
        }
        MessageBody messageBody = step.asked().with(called);
        boolean empty = messageBody.bytes().length == 0;
        HttpRequest.Builder request =
                HttpTestClient.to(URI.create(openAi.baseUrl() + target), openAi.apiKey())
                        .method(
                                step.method(),
                                empty
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofByteArray(messageBody.bytes()));
        return WEB.fetch(request.setHeader("Content-Type", messageBody.type()).build());
    }

    private static void talk(RecordedExchange recordedExchange, Talk step) {
        List<JsonNode> recorded = new ArrayList<>();
        List<JsonNode> said = new ArrayList<>();
        List<Message> messages = step.messages();
        try (WebSocketTestClient client =
                WebSocketTestClient.at(
                        URI.create(openAi.baseUrl() + step.target()),
                        "Authorization",
                        "Bearer " + openAi.apiKey())) {
            for (int i = 0; i < messages.size(); i++) {
                Message message = messages.get(i);
                if (message.fromClient()) {
                    client.say(message.json());
                    continue;
                }
                recorded.add(HttpTestClient.json(message.json()));
                if (i + 1 == messages.size() || messages.get(i + 1).fromClient()) {
                    hear(client, recorded.getLast().path("type").asText(), said);
                }
            }
        }
        compare(recordedExchange, step.type(), recorded, said);
    }

    /** Receives messages up to the first event of a type. */
    private static void hear(WebSocketTestClient client, String last, List<JsonNode> said) {
        do {
            said.add(client.event());
        } while (!said.getLast().path("type").asText().equals(last));
    }

    private static void compare(
            RecordedExchange recordedExchange,
            String type,
            List<JsonNode> recorded,
            List<JsonNode> said) {
        JsonShape.validate(type, recorded);
        JsonShape.validate(type, said);
        JsonShape theirs = JsonShape.of(recorded);
        JsonShape ours = JsonShape.of(said);
        assertThat(theirs.without(ours, recordedExchange))
                .as("OpenAI has, the stand-in has not")
                .isEmpty();
        assertThat(ours.without(theirs, recordedExchange))
                .as("the stand-in has, OpenAI has not")
                .isEmpty();
        assertThat(ours.events()).containsExactlyElementsOf(theirs.events());
    }
}
