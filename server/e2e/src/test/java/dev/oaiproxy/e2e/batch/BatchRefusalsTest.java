package dev.oaiproxy.e2e.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.KeyRequest;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches that the proxy refuses. */
@Tag("server")
@Timeout(120)
final class BatchRefusalsTest {
    private static final String GOOD = BatchClient.chat("good", "Hi", "");

    @TempDir static Path home;

    private static ServerFixture site;
    private static BatchClient bob;
    private static BatchClient eve;

    @BeforeAll
    static void start() {
        site = ServerFixture.in(home);
        bob = new BatchClient(site, "bob", "100");
        eve = new BatchClient(site, "eve", "100");
    }

    @AfterAll
    static void stop() {
        try (ServerFixture ending = site) {
            String batches =
                    ending.web()
                            .get(
                                    URI.create(ending.openAi().baseUrl() + "/batches"),
                                    ending.openAi().apiKey())
                            .body();
            assertThat(HttpTestClient.json(batches).path("data"))
                    .as("what reached OpenAI")
                    .isEmpty();
            assertThat(ending.operator().calls()).isEmpty();
        }
    }

    private static String chat(String body) {
        return BatchClient.line("bad", BatchClient.CHAT, body);
    }

    private static String response(String more) {
        return "{\"model\":\"gpt-4o\",\"input\":\"Hi\"" + more + "}";
    }

    static Stream<Arguments> lines() {
        String plain = BatchClient.chatBody("Hi", "");
        return Stream.of(
                Arguments.of(chat("{}"), "'model'"),
                Arguments.of("\ufeff" + chat("{}"), "'model'"),
                Arguments.of(chat("{}").replace("POST", "GET"), "'model'"),
                // Some parser accepts each of these as a request.
                Arguments.of(chat(BatchClient.chatBody("Hi", ",\"n\":NaN")), "not valid JSON"),
                Arguments.of(chat(BatchClient.chatBody("Hi", ",")), "not valid JSON"),
                Arguments.of(chat(plain).replace('"', '\''), "not valid JSON"),
                Arguments.of("//\r" + chat(plain), "not valid JSON"),
                Arguments.of(chat(plain).replace("\"body\"", "\"Body\""), "nothing"),
                Arguments.of(chat(plain).replace("\"method\"", "\"more\":1,\"method\""), "nothing"),
                Arguments.of(chat(plain).replace("\"body\"", "\"body\":{},\"body\""), "Duplicate"),
                Arguments.of(chat(BatchClient.chatBody("Hi", ",\"stream\":true")), "Streaming"),
                Arguments.of(chat(BatchClient.chatBody("Hi", ",\"n\":0")), "'n'"),
                Arguments.of(
                        chat(BatchClient.chatBody("Hi", ",\"service_tier\":\"priority\"")),
                        "service tier"),
                Arguments.of(
                        chat(BatchClient.chatBody("Hi", ",\"prompt_cache_key\":\"k\"")),
                        "'prompt_cache_key'"),
                Arguments.of(
                        chat(BatchClient.chatBody("Hi", ",\"safety_identifier\":\"ann\"")),
                        "'safety_identifier'"),
                Arguments.of(chat(plain.replace("gpt-4o", "gpt-none")), "gpt-none"),
                Arguments.of(chat(plain.replace("gpt-4o", "tts-1")), "tts-1"));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void aBadLineIsNamed(String line, String why) {
        HttpResponse<String> answer = bob.ask(BatchClient.CHAT, GOOD + "\n" + line, "");
        JsonNode error = HttpTestClient.json(answer).path("error");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(error.path("param").asText()).isEqualTo("input_file_id");
        assertThat(error.path("message").asText()).startsWith("Line 3 ").contains(why);
        if (line.startsWith("{\"custom_id\":\"bad\",\"method\"")) {
            assertThat(error.path("message").asText()).contains("(custom_id 'bad')");
        }
    }

    static Stream<Arguments> responses() {
        return Stream.of(
                Arguments.of(",\"background\":true", "'background'"),
                Arguments.of(",\"tools\":[{\"type\":\"web_search\"}]", "'max_tool_calls'"),
                Arguments.of(",\"tools\":[{\"type\":\"mcp\"}]", "'max_tool_calls'"),
                Arguments.of(",\"tools\":[{\"type\":\"hologram\"}]", "'hologram'"),
                Arguments.of(",\"prompt\":{\"id\":\"pmpt_1\"}", "'prompt'"),
                Arguments.of(",\"previous_response_id\":\"resp_of_another\"", "resp_of_another"),
                Arguments.of(",\"conversation\":\"conv_of_another\"", "conv_of_another"));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void aResponseIsLookedAtAsOnItsOwn(String more, String why) {
        String line = BatchClient.line("bad", BatchClient.RESPONSES, response(more));
        HttpResponse<String> answer = bob.ask(BatchClient.RESPONSES, line, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("Line 1 of the input file (custom_id 'bad')", why);
    }

    @Test
    void toolsMustBeTheSameInAllLines() {
        String tools = ",\"max_tool_calls\":1,\"tools\":[{\"type\":\"web_search%s\"}]";
        String lines =
                BatchClient.line("a", BatchClient.RESPONSES, response(tools.formatted("")))
                        + BatchClient.line(
                                "b", BatchClient.RESPONSES, response(tools.formatted("_preview")));
        assertThat(bob.ask(BatchClient.RESPONSES, lines, "").body())
                .contains("Line 2", "tool:web_search_preview");
    }

    @Test
    void whoHasNothingLeftHasNoFileRead() {
        HttpResponse<String> answer =
                new BatchClient(site, "poor", "0").ask(BatchClient.CHAT, "no JSON", "");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body()).contains("insufficient_quota");
    }

    @Test
    void anothersFileIsNotThere() {
        String file = eve.upload(GOOD);
        HttpResponse<String> stolen =
                bob.post("/batches", BatchClient.order(file, BatchClient.CHAT, ""));
        assertThat(stolen.statusCode()).isEqualTo(404);
        String part = "{\"type\":\"input_file\",\"file_id\":\"" + file + "\"}";
        String item = "[{\"role\":\"user\",\"content\":[" + part + "]}]";
        String inside = response("").replace("\"Hi\"", item);
        HttpResponse<String> hidden =
                bob.ask(
                        BatchClient.RESPONSES,
                        BatchClient.line("bad", BatchClient.RESPONSES, inside),
                        "");
        assertThat(hidden.statusCode()).isEqualTo(400);
        assertThat(hidden.body()).contains("(custom_id 'bad')", file);
    }

    @Test
    void aModelThatTheKeyMayNotUseIsRefused() {
        String file = bob.upload(GOOD);
        String key =
                site.operator()
                        .createKey(
                                new KeyRequest(
                                        "bob",
                                        "1",
                                        null,
                                        null,
                                        null,
                                        List.of("gpt-5*"),
                                        null,
                                        null,
                                        null,
                                        null))
                        .secret();
        HttpResponse<String> answer =
                site.web()
                        .post(
                                site.v1("/batches"),
                                key,
                                BatchClient.order(file, BatchClient.CHAT, ""));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("model_not_allowed", "Line 1");
    }

    @Test
    void aQuotaThatIsTooSmallIsToldBeforeOpenAiIs() {
        BatchClient poor = new BatchClient(site, "poor", "0.01");
        HttpResponse<String> answer = poor.ask(BatchClient.CHAT, GOOD, "");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body())
                .contains("insufficient_quota", "0.01 of 0.01 USD is free")
                .containsPattern(
                        "needs 0\\.08[0-9]+ USD: input 0\\.000[0-9]+ \\([0-9]+ tokens\\),"
                                + " output 0\\.08192 \\(16,384 tokens\\)\\. Ask ");
    }

    @Test
    void whoCannotPayForAllLinesIsToldForHowMany() {
        BatchClient poor = new BatchClient(site, "poor", "0.2");
        HttpResponse<String> answer = poor.ask(BatchClient.CHAT, GOOD.repeat(3), "");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body())
                .contains("output 0.24576 (49,152 tokens)")
                .contains("It fits with at most 2 of its lines.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/chat/completions | /v1/videos | endpoint",
                "24h | 1h | completion_window",
                "input_file_id | file | input_file_id",
                "endpoint | place | endpoint",
                "'{\"' | '{\"service_tier\":\"flex\",\"' | service_tier",
                "'{\"input' | '{\"model\":\"gpt-4o\",\"input' | model"
            })
    void theOrderItselfIsLookedAt(String old, String fresh, String param) {
        String order = BatchClient.order(bob.upload(GOOD), BatchClient.CHAT, "");
        HttpResponse<String> answer = bob.post("/batches", order.replaceFirst(quoted(old), fresh));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(HttpTestClient.json(answer).path("error").path("param").asText())
                .isEqualTo(param);
    }

    private static String quoted(String text) {
        return Pattern.quote(text);
    }

    @Test
    void aLineThatIsTooLongIsRefused() {
        String lines = GOOD + BatchClient.chat("long", "x".repeat(9 << 20), "");
        assertThat(bob.ask(BatchClient.CHAT, lines, "").body())
                .contains("Line 2", "may have at most");
    }
}
