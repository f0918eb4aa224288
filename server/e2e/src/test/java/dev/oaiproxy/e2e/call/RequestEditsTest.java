package dev.oaiproxy.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.e2e.media.MediaCostTest;
import dev.oaiproxy.proxy.relay.FormBuilder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The request that OpenAI receives differs from the client's only in the documented edits. */
@Tag("server")
@Timeout(240)
final class RequestEditsTest {
    private static final String ODD =
            "\"input\" :\t\"hi \\u00fc\", \"x\":[1e2 , {\"y\" : -0.0}],\"big\":"
                    + "123456789012345678901234567890";

    @TempDir private static Path home;

    private static ProxyFixture proxyFixture;

    @BeforeAll
    static void start() {
        proxyFixture = ProxyFixture.in(home, Map.of("OAIPROXY_OPENAI_SERVICE_TIER", "inherit"));
    }

    @AfterAll
    static void stop() {
        proxyFixture.close();
    }

    /** The request body that OpenAI received. */
    private static String sent(CreatedKey key, String path, String body) {
        HttpResponse<String> answer =
                proxyFixture.site().web().post(proxyFixture.site().v1(path), key.secret(), body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String id = HttpTestClient.header(answer, "x-oaiproxy-call-id");
        proxyFixture.charged(id, ExpectedCosts.last(proxyFixture.site()));
        return Objects.requireNonNull(
                Eventually.ask(
                                () -> proxyFixture.site().operator().call(id),
                                call -> call.request() != null)
                        .request());
    }

    private static CreatedKey user(String name, String quota) {
        return proxyFixture.site().operator().createKey(name, quota);
    }

    @Test
    void passesOnAResponseAsItIs() {
        String body = "{\"model\":\"gpt-4o\" ,\n " + ODD + " }";
        assertThat(sent(proxyFixture.bob(), "/responses", body)).isEqualTo(body);
    }

    @Test
    void limitsTheCallsOfHostedTools() {
        String body = "{\"model\":\"gpt-4o\"," + ODD + ",\"tools\":[{\"type\":\"web_search\"}]}";
        assertThat(sent(proxyFixture.bob(), "/responses", body))
                .isEqualTo("{\"max_tool_calls\":4," + body.substring(1));
    }

    @Test
    void leavesALimitOfToolCallsThatFits() {
        String body =
                "{\"model\":\"gpt-4o\","
                        + ODD
                        + ",\"max_tool_calls\" : 7,\"tools\":[{\"type\":\"file_search\"}]}";
        assertThat(sent(proxyFixture.bob(), "/responses", body))
                .contains("\"max_tool_calls\" : 7,");
    }

    @Test
    void lowersTheCallsToOneWhereTheQuotaIsShort() {
        CreatedKey key = user("tight", "0.4");
        String body =
                "{\"model\":\"gpt-4o\",\"input\":\"[[calls=5]]\",\"max_tool_calls\": 9,"
                        + "\"max_output_tokens\":200,\"tools\":[{\"type\":\"web_search\"}]}";
        String there = sent(key, "/responses", body);
        assertThat(there).isEqualTo(body.replace("\"max_tool_calls\": 9", "\"max_tool_calls\": 1"));
    }

    @Test
    void limitsTheOutputWhereTheQuotaIsShort() {
        CreatedKey key = user("short", "0.2");
        String body =
                "{\"model\":\"gpt-4o\",\"input\":\"[[tokens=9]]\",\"max_output_tokens\" : 100000}";
        HttpResponse<String> answer =
                proxyFixture
                        .site()
                        .web()
                        .post(proxyFixture.site().v1("/responses"), key.secret(), body);
        String clamped = HttpTestClient.header(answer, "x-oaiproxy-clamped-output-tokens");
        CallDetail call =
                proxyFixture.charged(
                        HttpTestClient.header(answer, "x-oaiproxy-call-id"),
                        ExpectedCosts.last(proxyFixture.site()));

        assertThat(Integer.parseInt(clamped)).isBetween(1024, 99_999);
        assertThat(call.request()).isEqualTo(body.replace("100000", clamped));
    }

    @Test
    void limitsACompletionByTheMemberThatItKnows() {
        CreatedKey key = user("brief", "0.006");
        String body = "{\"model\":\"gpt-3.5-turbo-instruct\",\"prompt\":\"[[tokens=9]]\"}";
        String there = sent(key, "/completions", body);
        assertThat(there)
                .matches(
                        "\\{\"max_tokens\":[0-9]+,"
                                + java.util.regex.Pattern.quote(body.substring(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt_cache_key", "safety_identifier", "user"})
    void givesEachUserNamesOfTheirOwn(String member) {
        for (String name : new String[] {"mine", "x".repeat(64), "\u00fc\ud83d\ude00".repeat(20)}) {
            String chat =
                    "{\"model\":\"gpt-4o\", \"%s\" : \"%s\", \"messages\":[]}"
                            .formatted(member, name);
            String response =
                    "{\"model\":\"gpt-4o\", \"%s\" : \"%s\", \"input\":\"x\"}"
                            .formatted(member, name);
            assertOwn(
                    member,
                    name,
                    "/chat/completions",
                    chat.replace("[]", "[{\"role\":\"user\",\"content\":\"x\"}]"));
            assertOwn(member, name, "/responses", response);
            assertOwn(member, name, "/responses/compact", response);
        }
    }

    @Test
    void givesTheUserOfOtherOperationsANameOfItsOwn() {
        assertOwn(
                "user",
                "mine",
                "/embeddings",
                "{\"model\":\"text-embedding-3-small\",\"user\":\"mine\",\"input\":\"x\"}");
        String draw = "{\"model\":\"gpt-image-2\",\"user\":\"mine\",\"prompt\":\"A dot\"}";
        assertOwn("user", "mine", "/images/generations", draw);
        FormBuilder edit =
                new FormBuilder()
                        .field("model", "gpt-image-2")
                        .field("prompt", "A dot")
                        .field("user", "mine")
                        .file("image", "a.png", MediaCostTest.PIXEL);
        HttpResponse<byte[]> answer = proxyFixture.form("/images/edits", edit);
        CallDetail call = proxyFixture.charged(answer);
        assertThat(call.request()).containsPattern("name=\"user\"\\R\\Ru[0-9]+-mine\\R");
    }

    private static void assertOwn(String member, String name, String path, String body) {
        String bobs = sent(proxyFixture.bob(), path, body);
        String anns = sent(user("ann", "100"), path, body);
        String bobsName = HttpTestClient.json(bobs).path(member).asText();
        String annsName = HttpTestClient.json(anns).path(member).asText();

        assertThat(bobsName).matches("(?s)u[0-9]+-.+").isNotEqualTo(annsName);
        assertThat(bobsName.length()).isLessThanOrEqualTo(64);
        if (name.length() < 50) {
            assertThat(bobsName).endsWith("-" + name);
        }
        assertThat(without(member, bobs)).isEqualTo(without(member, body));
        assertThat(bobs.replaceFirst("u[0-9]+-[^\"]*", "")).isEqualTo(body.replace(name, ""));
    }

    private static JsonNode without(String member, String json) {
        ObjectNode tree = (ObjectNode) HttpTestClient.json(json);
        tree.remove(member);
        return tree;
    }

    /** A text that is cut within an emoji ends with half of a surrogate pair. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "k\\ud83d",
                "\\ude00k",
                "\\uD83D\\ud83d",
                "\\ude00\\ud83d",
                "k\\u0000\\ud83d\\\\",
                "\u00fc\\ud83d"
            })
    void putsTheUserBeforeANameThatWasCutWithinACharacter(String name) {
        for (String member : new String[] {"prompt_cache_key", "safety_identifier", "user"}) {
            String response =
                    "{\"model\":\"gpt-4o\",\"%s\":\"%s\",\"input\":\"x\"}".formatted(member, name);
            String chat =
                    response.replace("\"input\"", "\"messages\"")
                            .replace("\"x\"", "[{\"role\":\"user\",\"content\":\"x\"}]");
            assertPrefixed(name, "/chat/completions", chat);
            assertPrefixed(name, "/responses", response);
            assertPrefixed(name, "/responses/compact", response);
        }
    }

    private static void assertPrefixed(String name, String path, String body) {
        assertThat(sent(proxyFixture.bob(), path, body))
                .matches(
                        java.util.regex.Pattern.quote(body.substring(0, body.indexOf(name)))
                                + "u[0-9]+-"
                                + java.util.regex.Pattern.quote(
                                        body.substring(body.indexOf(name))));
    }

    @Test
    void shortensALongNameThatWasCutWithinACharacter() {
        String body =
                "{\"model\":\"gpt-4o\",\"prompt_cache_key\":\"%s\",\"input\":\"x\"}"
                        .formatted("x".repeat(90) + "\\ud83d");
        assertThat(
                        HttpTestClient.json(sent(proxyFixture.bob(), "/responses", body))
                                .path("prompt_cache_key")
                                .asText())
                .matches("u[0-9]+-[0-9a-f]{40}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "7", "[\"a\"]"})
    void leavesWhatIsNoName(String value) {
        String body =
                "{\"model\":\"gpt-4o\",\"input\":\"x\",\"prompt_cache_key\": %s}".formatted(value);
        assertThat(sent(proxyFixture.bob(), "/responses", body)).isEqualTo(body);
    }
}
