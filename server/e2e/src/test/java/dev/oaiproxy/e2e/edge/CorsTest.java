package dev.oaiproxy.e2e.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Web pages of other origins, whose browsers enforce CORS. */
@Tag("server")
@Timeout(120)
@SuppressWarnings("NullAway.Init") // Each test starts with settings of its own.
final class CorsTest {
    private static final String PAGE = "https://chat.example.org";
    private static final String OTHER = "https://evil.example.org";
    private static final String CHAT = "/v1/chat/completions";

    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    private void start(String origins) {
        start(Map.of("OAIPROXY_CORS_ORIGINS", origins));
    }

    private void start(Map<String, String> settings) {
        site = ServerFixture.in(home, settings);
        bob = site.operator().createKey("bob", "20");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    /**
     * The whole response to a request of a web page, in lower case. The request has a key only if
     * {@code more} contains one.
     */
    private String ask(String line, String origin, String more) {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(
                    line.replace("KEY", bob.secret())
                            + " HTTP/1.1\nHost: proxy\nConnection: close\nOrigin: "
                            + origin
                            + "\n"
                            + more.replace("KEY", bob.secret())
                            + "\n");
            return client.rest().toLowerCase(Locale.ROOT);
        }
    }

    private String preflight(String path, String origin) {
        return ask(
                "OPTIONS " + path,
                origin,
                """
                Access-Control-Request-Method: POST
                Access-Control-Request-Headers: authorization,content-type,x-stainless-os
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CHAT,
                "/v1/nothing",
                "/v1",
                "/me",
                "/KEY/v1/responses",
                "/sk-wrong/v1/models"
            })
    void grantsLeaveWithoutAKey(String path) {
        start(PAGE + ", http://localhost:3000");
        assertThat(preflight(path, PAGE))
                .startsWith("http/1.1 200 ")
                .contains("\naccess-control-allow-origin: " + PAGE + "\r\n")
                .contains("\naccess-control-allow-methods: get, post, delete")
                .contains(
                        "\naccess-control-allow-headers: authorization, content-type,"
                                + " x-stainless-os\r")
                .contains("\nvary: origin\r\n")
                .doesNotContain("credentials", "private-network");
        assertThat(preflight(path, "http://localhost:3000")).startsWith("http/1.1 200 ");
    }

    @Test
    void grantsLeaveBeforeItIsSetUp() {
        start(Map.of("OAIPROXY_CORS_ORIGINS", "*"));
        site.restart(
                Map.of("OPENAI_API_KEY", "", "PROXY_SERVER_USER", "", "PROXY_SERVER_PASS", ""));
        assertThat(preflight(CHAT, PAGE))
                .startsWith("http/1.1 200 ")
                .contains("\naccess-control-allow-origin: *\r\n")
                .doesNotContain("\nvary: ");
        assertThat(ask("GET /v1/models", PAGE, ""))
                .startsWith("http/1.1 503 ")
                .contains("\naccess-control-allow-origin: *\r\n");
    }

    @Test
    void grantsAPublicPageThePrivateNetwork() {
        start(PAGE);
        String more =
                """
                Access-Control-Request-Method: POST
                Access-Control-Request-Private-Network: true
                """;
        assertThat(ask("OPTIONS " + CHAT, PAGE, more))
                .contains("\naccess-control-allow-private-network: true\r\n");
        assertThat(ask("OPTIONS " + CHAT, OTHER, more)).doesNotContain("access-control-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OTHER,
                "http://chat.example.org",
                "https://chat.example.org:8443",
                "https://chat.example.org.evil.org",
                "null"
            })
    void grantsNoLeaveToOthers(String origin) {
        start(PAGE);
        assertThat(preflight(CHAT, origin))
                .startsWith("http/1.1 403 ")
                .contains("origin_not_allowed", "server.cors-origins")
                .doesNotContain("access-control-");
        assertThat(ask("GET /v1/models", origin, "Authorization: Bearer KEY\n"))
                .startsWith("http/1.1 200 ")
                .contains("\nvary: origin\r\n")
                .doesNotContain("access-control-");
    }

    @Test
    void isOffAtFirst() {
        start("");
        assertThat(preflight(CHAT, PAGE)).startsWith("http/1.1 403 ");
        assertThat(ask("GET /v1/models", PAGE, "Authorization: Bearer KEY\n"))
                .startsWith("http/1.1 200 ")
                .doesNotContain("access-control-", "\nvary: origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/admin/v1/status", "/admin/v1/keys", "/health/live", "/metrics"})
    void leavesTheOperatorsDoorClosed(String path) {
        start("*");
        assertThat(preflight(path, PAGE))
                .doesNotContain("access-control-")
                .doesNotStartWith("http/1.1 2");
        assertThat(ask("GET " + path, PAGE, "")).doesNotContain("access-control-allow-origin");
    }

    @Test
    void letsPagesReadAnswersAndStreams() {
        start(PAGE);
        for (String more : new String[] {"", SampleRequests.WITH_USAGE}) {
            String body = SampleRequests.json("hello", more);
            String answer =
                    ask(
                            "POST " + CHAT,
                            PAGE,
                            "Authorization: Bearer KEY\nContent-Type: application/json\n"
                                    + "Content-Length: "
                                    + body.length()
                                    + "\n\n"
                                    + body);
            assertThat(answer)
                    .startsWith("http/1.1 200 ")
                    .contains("\naccess-control-allow-origin: " + PAGE + "\r\n")
                    .containsPattern(
                            "\naccess-control-expose-headers: [^\r]*x-oaiproxy-call-id[^\r]*"
                                    + "x-request-id[^\r]*openai-processing-ms[^\r]*x-ratelimit-"
                                    + "[^\r]*retry-after, retry-after-ms, x-should-retry");
            assertThat(answer.split("\naccess-control-allow-origin", -1)).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401, GET /v1/models, ''",
        "404, GET /v1/models/none, 'Authorization: Bearer KEY\n'",
        "404, GET /v1/nothing, 'Authorization: Bearer KEY\n'",
        "405, PUT /v1/embeddings, 'Authorization: Bearer KEY\n'",
        "405, HEAD /v1/models, 'Authorization: Bearer KEY\n'",
        "401, GET /me, ''",
        "401, GET /sk-wrong/v1/models, ''",
        "400, GET /v1/models?%zz, ''",
        "400, POST /v1/responses, 'Host: second\n'",
        "400, GET  /v1/models, ''",
        "501, get /v1/models, ''",
        "400, GET /v1/models, 'no header\n'",
        "400, POST /v1/responses, 'Content-Length: 1\nContent-Length: 2\n'",
        "400, POST /v1/responses, 'Transfer-Encoding: gzip\n'"
    })
    void letsPagesReadErrors(String status, String line, String more) {
        start(PAGE);
        assertThat(ask(line, PAGE, more))
                .startsWith("http/1.1 " + status + " ")
                .contains("\naccess-control-allow-origin: " + PAGE + "\r\n");
    }

    @Test
    void letsPagesReadThatHeadersAreTooLarge() {
        start(PAGE);
        String many = "X-Filler: %s\n".formatted("x".repeat(1000)).repeat(200);
        assertThat(ask("GET /v1/models", PAGE, many))
                .startsWith("http/1.1 431 ")
                .contains("\naccess-control-allow-origin: " + PAGE + "\r\n");
        assertThat(ask("GET /v1/models", OTHER, many)).doesNotContain("access-control-allow");
    }

    @Test
    void letsPagesReadErrorsOfFraming() {
        start(PAGE);
        assertThat(
                        ask(
                                "POST " + CHAT,
                                PAGE,
                                "Authorization: Bearer KEY\nTransfer-Encoding: chunked\n\nzz\n"))
                .startsWith("http/1.1 400 ")
                .contains("\naccess-control-allow-origin: " + PAGE + "\r\n");
    }

    @Test
    void letsPagesReadThatABodyIsTooLarge() {
        start(Map.of("OAIPROXY_CORS_ORIGINS", PAGE, "OAIPROXY_MAX_BODY_BYTES", "10000"));
        assertThat(
                        ask(
                                "POST " + CHAT,
                                PAGE,
                                "Authorization: Bearer KEY\nContent-Length: 999999999999\n"))
                .startsWith("http/1.1 413 ")
                .contains("\naccess-control-allow-origin: " + PAGE + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "101, https://chat.example.org",
        "101, http://proxy",
        "101, app://desktop",
        "403, https://evil.example.org",
        "403, null"
    })
    void takesSocketsOfItsPages(String status, String origin) {
        start(PAGE);
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(
                    """
                    GET /v1/realtime?model=gpt-realtime-2 HTTP/1.1
                    Host: proxy
                    Authorization: Bearer %s
                    Origin: %s
                    Connection: Upgrade
                    Upgrade: websocket
                    Sec-WebSocket-Version: 13
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                    """
                            .formatted(bob.secret(), origin));
            assertThat(client.next("http/1.1")).startsWith(status);
        }
    }
}
