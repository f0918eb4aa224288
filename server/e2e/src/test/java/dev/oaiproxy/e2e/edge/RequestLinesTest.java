package dev.oaiproxy.e2e.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of HTTP/1.0, and clients that send an absolute URL in the request line. */
@Tag("server")
@Timeout(120)
final class RequestLinesTest {
    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        bob = site.operator().createKey("bob", "5");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    /** The whole response, up to the end of the connection. */
    private String answer(String request) {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(request.replace("KEY", bob.secret()));
            return client.rest();
        }
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private static String chat(String line, String headers, String body) {
        return line
                + "\nAuthorization: Bearer KEY\nContent-Type: application/json\n"
                + headers
                + "Content-Length: "
                + body.length()
                + "\n\n"
                + body;
    }

    private String cost(String answer) {
        assertThat(answer).startsWith("HTTP/1.1 200 ").doesNotContainIgnoringCase("chunked");
        return site.operator().endedCall(callId(answer)).call().costUsd();
    }

    private static String callId(String answer) {
        return answer.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("x-oaiproxy-call-id:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError(answer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // curl -0
                "Host: 127.0.0.1:5000\nUser-Agent: curl/8.14.1\nAccept: */*\n",
                // nginx with its default proxy_http_version
                "Host: 127.0.0.1:5000\nConnection: close\nX-Forwarded-For: 192.0.2.7\n",
                "Connection: keep-alive\n",
                ""
            })
    void servesACallOfHttp10(String headers) {
        String answer =
                answer(
                        chat(
                                "POST /v1/chat/completions HTTP/1.0",
                                headers,
                                SampleRequests.json("hello", "")));
        assertThat(cost(answer)).isEqualTo(ExpectedCosts.cost(ExpectedCosts.last(site)));
        assertThat(HttpTestClient.json(body(answer)).at("/choices/0/message/content").asText())
                .isNotEmpty();
        assertThat(answer.toLowerCase(Locale.ROOT)).contains("\r\nconnection: close\r\n");
    }

    @Test
    void endsAStreamOfHttp10WithTheConnection() {
        String prompt = SampleRequests.json("hello", SampleRequests.WITH_USAGE);
        String answer = answer(chat("POST /v1/chat/completions HTTP/1.0", "", prompt));
        assertThat(cost(answer)).isEqualTo(ExpectedCosts.cost(ExpectedCosts.last(site)));
        assertThat(body(answer).split("\n\n"))
                .allMatch(event -> event.startsWith("data: "))
                .endsWith("data: [DONE]")
                .hasSizeGreaterThan(3);
    }

    @Test
    void writesALongAnswerOfHttp10WithoutChunks() {
        String input = "\"word\",".repeat(2_000) + "\"word\"";
        String prompt =
                "{\"model\":\"text-embedding-3-small\",\"input\":["
                        + input
                        + "],\"encoding_format\":\"float\"}";
        String answer = answer(chat("POST /v1/embeddings HTTP/1.0", "", prompt));
        assertThat(cost(answer)).isEqualTo(ExpectedCosts.cost(ExpectedCosts.last(site)));
        assertThat(HttpTestClient.json(body(answer)).path("data")).hasSize(2_001);
    }

    @ParameterizedTest
    @CsvSource({
        "401, GET /v1/models, none",
        "200, GET /v1/models, bearer",
        "404, GET /v1/models/none, bearer",
        "404, GET /nowhere, none",
        "405, PUT /v1/embeddings, bearer",
        "200, GET /me, bearer",
        "401, GET /me, none",
        "204, GET /health/live, none",
        "200, GET /metrics, admin",
        "200, GET /admin/v1/status, admin",
        "401, GET /admin/v1/status, none",
        "405, HEAD /v1/models, bearer"
    })
    void answersEveryDoorInHttp10(String status, String line, String login) {
        String headers =
                switch (login) {
                    case "bearer" -> "Authorization: Bearer KEY\n";
                    case "admin" -> "Authorization: Basic " + password() + "\n";
                    default -> "";
                };
        String answer = answer(line + " HTTP/1.0\n" + headers + "\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status + " ")
                .doesNotContainIgnoringCase("transfer-encoding");
        if (line.startsWith("GET") && !status.equals("204") && !line.contains("metrics")) {
            assertThat(HttpTestClient.json(body(answer)).isObject()).isTrue();
        }
    }

    private static String password() {
        String login = ServerFixture.ADMIN + ":" + ServerFixture.PASSWORD;
        return Base64.getEncoder().encodeToString(login.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "WebSocket", "WEBSOCKET"})
    void opensAWebSocketInWhateverCase(String protocol) {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(
                    """
                    GET /v1/realtime?model=gpt-realtime HTTP/1.1
                    Host: localhost
                    Authorization: Bearer %s
                    Connection: keep-alive, upgrade
                    Upgrade: %s
                    Sec-WebSocket-Version: 13
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                    """
                            .formatted(bob.secret(), protocol));
            assertThat(client.next("http/1.1")).startsWith("101 ");
        }
    }

    @Test
    void opensNoWebSocketOverHttp10() {
        String answer =
                answer(
                        """
                        GET /v1/realtime?model=gpt-realtime HTTP/1.0
                        Host: localhost
                        Authorization: Bearer KEY
                        Connection: Upgrade
                        Upgrade: websocket
                        Sec-WebSocket-Version: 13
                        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                        """);
        assertThat(answer).startsWith("HTTP/1.1 426 ").contains("\r\nUpgrade: websocket\r\n");
        assertThat(HttpTestClient.json(body(answer)).at("/error/message").asText())
                .contains("HTTP/1.1");
    }

    @Test
    void readsNoSecondRequestOfHttp10() {
        String get = "GET /health/live HTTP/1.0\nConnection: keep-alive\n\n";
        assertThat(answer(get + get).split("HTTP/1.1 ", -1)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://host:5000",
                "http://localhost",
                "https://api.openai.com",
                "HTTP://[::1]:5000",
                "https://proxy.example.org:8443"
            })
    void servesAWholeUrl(String origin) {
        String answer =
                answer(
                        chat(
                                "POST " + origin + "/v1/chat/completions HTTP/1.1",
                                "Host: other\nConnection: close\n",
                                SampleRequests.json("hello", "")));
        assertThat(cost(answer)).isEqualTo(ExpectedCosts.cost(ExpectedCosts.last(site)));
        String inPath =
                answer("GET " + origin + "/KEY/v1/models HTTP/1.1\nHost: x\nConnection: close\n\n");
        assertThat(inPath).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({
        "404, GET http://host/v1/../admin/v1/status",
        "404, GET http://host//admin/v1/status",
        "404, GET http://host",
        "400, GET http://user:pass@host/v1/models",
        "501, CONNECT api.openai.com:443"
    })
    void takesAWholeUrlForNothingElse(String status, String line) {
        assertThat(answer(line + " HTTP/1.1\nHost: x\nConnection: close\n\n"))
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("\"error\"");
    }
}
