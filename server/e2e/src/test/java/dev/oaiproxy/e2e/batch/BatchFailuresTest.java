package dev.oaiproxy.e2e.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** OpenAI fails a batch with an invalid line; the valid lines are held until then. */
@Tag("server")
@Timeout(120)
final class BatchFailuresTest {
    private static final String GOOD = BatchClient.chat("good", "Hi", "");

    @TempDir static Path home;

    private static ServerFixture site;
    private static BatchClient bob;

    @BeforeAll
    static void start() {
        site = ServerFixture.in(home);
        bob = new BatchClient(site, "bob", "100");
    }

    @AfterAll
    static void stop() {
        try (ServerFixture ending = site) {
            assertThat(ending.openAi().bill().entries()).isEmpty();
            assertThat(ending.operator().quota("user:bob").spentUsd()).isEqualTo("0.00");
            assertThat(ending.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        }
    }

    private static String chat(String body) {
        return BatchClient.line("bad", BatchClient.CHAT, body);
    }

    static Stream<Arguments> lines() {
        String plain = BatchClient.chatBody("Hi", "");
        String missing = "missing_required_parameter";
        return Stream.of(
                Arguments.of("{", "invalid_json_line"),
                Arguments.of("{\"custom_id\":\"bad\",", "invalid_json_line"),
                Arguments.of("[]", "invalid_json_line"),
                Arguments.of("7", "invalid_json_line"),
                Arguments.of("\"text\"", "invalid_json_line"),
                Arguments.of("null", "invalid_json_line"),
                Arguments.of("no JSON", "invalid_json_line"),
                Arguments.of("\ufeff" + chat(plain), "invalid_json_line"),
                Arguments.of("\ufeff", "invalid_json_line"),
                Arguments.of(chat(plain).strip() + "{}", "invalid_json_line"),
                Arguments.of("{}", missing),
                Arguments.of("{\"custom_id\":\"bad\"}", missing),
                Arguments.of("{\"custom_id\":\"bad\",\"params\":" + plain + "}", missing),
                Arguments.of(chat(plain).replace("\"method\":\"POST\",", ""), missing),
                Arguments.of(chat(plain).replace("\"custom_id\":\"bad\",", ""), missing),
                Arguments.of(chat(plain).replace("\"url\":\"/v1/chat/completions\",", ""), missing),
                Arguments.of(chat("null"), missing),
                Arguments.of(chat("7"), "invalid_body"),
                Arguments.of(chat(plain).replace("POST", "GET"), "invalid_method"),
                Arguments.of(chat(plain).replace("chat/completions", "files"), "mismatched_url"),
                Arguments.of(chat(plain).replace("bad", "good"), "duplicate_custom_id"),
                Arguments.of(chat(plain.replace("gpt-4o", "gpt-5.6-luna")), "mismatched_model"));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void endsAsOpenAiEndsIt(String line, String code) {
        int before = site.operator().calls().size();
        JsonNode batch = bob.ended(bob.start(BatchClient.CHAT, GOOD + "\n" + line, ""));
        assertThat(batch.path("status").asText()).isEqualTo("failed");
        assertThat(batch.at("/errors/data/0/code").asText()).isEqualTo(code);
        assertThat(batch.at("/errors/data/0/line").asInt()).isEqualTo(3);
        List<Call> calls = settled();
        assertThat(calls).hasSize(before + 1);
        assertThat(calls).allSatisfy(call -> assertThat(call.state()).isEqualTo("released"));
    }

    private static List<Call> settled() {
        return Eventually.ask(
                () -> {
                    site.clock().advance(Duration.ofMinutes(1));
                    return site.operator().calls();
                },
                all -> all.stream().noneMatch(call -> call.state().equals("held")));
    }

    /** Both lines are held, because a more lenient OpenAI might run them. */
    @Test
    void holdsForABadLineAsForAGoodOne() {
        String mark = "\ufeff" + GOOD + BatchClient.chat("more", "Hi", "");
        bob.start(BatchClient.CHAT, GOOD + BatchClient.chat("more", "Hi", ""), "[[end=failed]]");
        bob.start(BatchClient.CHAT, mark, "");
        List<Call> calls = settled();
        assertThat(calls.get(0).heldUsd()).isEqualTo(calls.get(1).heldUsd());
    }

    @ParameterizedTest
    @MethodSource("nothing")
    void asksForNothingWhereNothingCouldRun(String lines, String code) {
        int before = site.operator().calls().size();
        BatchClient broke = new BatchClient(site, "ann" + lines.length(), "1");
        JsonNode batch = broke.ended(broke.start(BatchClient.CHAT, lines, ""));
        assertThat(batch.path("status").asText()).isEqualTo("failed");
        assertThat(batch.at("/errors/data/0/code").asText()).isEqualTo(code);
        assertThat(site.operator().calls()).hasSize(before);
    }

    static Stream<Arguments> nothing() {
        return Stream.of(
                Arguments.of(" \n\n", "empty_file"),
                Arguments.of("{\n[]\n", "invalid_json_line"),
                Arguments.of("{\"custom_id\":\"a\"}\n", "missing_required_parameter"));
    }
}
