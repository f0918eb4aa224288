package dev.oaiproxy.e2e.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unusual requests that no SDK sends, and how the HTTP server parses them. */
@Tag("server")
@Timeout(120)
final class RawRequestsTest {
    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home, Map.of("OAIPROXY_MAX_BODY_BYTES", "20000"));
        bob = site.operator().createKey("bob", "5");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    /**
     * Sends a request, and returns the response, which must be an error of that status in OpenAI's
     * format.
     */
    private String refused(int status, String request) {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(request);
            String answer = client.answer();
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
            JsonNode body = HttpTestClient.json(answer.substring(answer.indexOf("\n\n")));
            assertThat(body.fieldNames()).toIterable().containsExactly("error");
            assertThat(body.path("error").fieldNames())
                    .toIterable()
                    .containsExactly("message", "type", "param", "code");
            assertThat(body.at("/error/message").asText()).isNotEmpty();
            assertThat(answer.replace(bob.key().id(), "")).doesNotContain(bob.secret());
            return answer;
        }
    }

    private String request(String line) {
        return """
        %s HTTP/1.1
        Host: localhost
        Authorization: Bearer %s
        Connection: close

        """
                .formatted(line, bob.secret());
    }

    @Test
    void headIsRefusedWithoutABodyThatWouldBeReadAsTheNextAnswer() {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(request("HEAD /v1/models"));
            assertThat(client.answer()).startsWith("HTTP/1.1 405 ").endsWith("\n\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "404, GET //v1/models",
        "404, GET /v1//models",
        "404, GET /v1/models/../models",
        "404, GET /",
        "404, GET /nowhere",
        "404, GET /v1",
        "404, GET /v1/models/gpt%2F4o",
        "405, PUT /v1/embeddings",
        "405, POST /v1/models",
        "405, GET /v1/embeddings",
        "403, DELETE /v1/models/gpt-4o",
        "403, GET /v1/organization/costs"
    })
    void aPathThatIsNotOurs(int status, String line) {
        refused(status, request(line));
    }

    @ParameterizedTest
    @CsvSource({"GET /v1/%zz", "GET /v1/models/%", "GET /%zz/v1/models", "GET /v1/models?%zz"})
    void badPercentEncoding(String line) {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(request(line));
            assertThat(client.answer()).matches("(?s)HTTP/1.1 4(00|04) .*\\{\"error\":\\{.*");
        }
    }

    @Test
    void aConnectionIsClosedWhereTheClientAsksForThat() {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(request("GET /v1/models/gpt-4o"));
            assertThat(client.answer())
                    .startsWith("HTTP/1.1 200 ")
                    .contains("\"id\"")
                    .containsIgnoringCase("\nConnection: close\n");
            assertThat(client.seesTheEnd()).isTrue();
        }
    }

    @Test
    void aWrongMethodIsToldTheRightOne() {
        assertThat(refused(405, request("PUT /v1/embeddings"))).contains("\nAllow: POST\n");
    }

    @ParameterizedTest
    @CsvSource({
        "Bad Header: x",
        "NoColon",
        "Content-Length: many",
        "Content-Length: -1",
        "Transfer-Encoding: gzip"
    })
    void aBadHeader(String header) {
        refused(
                400,
                """
                POST /v1/chat/completions HTTP/1.1
                Host: localhost
                Authorization: Bearer %s
                %s

                {}\
                """
                        .formatted(bob.secret(), header));
    }

    @Test
    void aHeaderThatIsTooLarge() {
        refused(
                431,
                """
                GET /v1/models HTTP/1.1
                Host: localhost
                Authorization: Bearer %s
                X-Large: %s

                """
                        .formatted(bob.secret(), "x".repeat(40_000)));
    }

    @Test
    void aPathThatIsTooLong() {
        refused(404, request("GET /v1/models/" + "x".repeat(2000)));
        refused(414, request("GET /v1/models/" + "x".repeat(5000)));
    }

    @Test
    void aChunkedBodyThatIsTooLarge() {
        String chunk = "x".repeat(0x1000);
        refused(
                413,
                """
                POST /v1/chat/completions HTTP/1.1
                Host: localhost
                Authorization: Bearer %s
                Connection: close
                Transfer-Encoding: chunked

                %s0

                """
                        .formatted(bob.secret(), ("1000\n" + chunk + "\n").repeat(6)));
        assertThat(site.openAi().bill().entries()).isEmpty();
    }

    @Test
    void aChunkedBodyThatIsNot() {
        String body = SampleRequests.json("hello", "");
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(
                    """
                    POST /v1/chat/completions HTTP/1.1
                    Host: localhost
                    Authorization: Bearer %s
                    Connection: close
                    Transfer-Encoding: chunked

                    %x
                    %s
                    0

                    """
                            .formatted(bob.secret(), body.length(), body));
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ").contains("chat.completion");
        }
    }

    @Test
    void everyEventReachesTheClientBeforeTheNextIsMade() {
        String body = SampleRequests.json("[[fault=stall after=2]]", SampleRequests.STREAM);
        try (RawHttpConnection client = RawHttpConnection.chatting(site, bob.secret(), body)) {
            // The stand-in sends nothing more, so a third event cannot have displaced these two.
            assertThat(client.event()).contains("\"role\":\"assistant\"");
            assertThat(client.event()).contains("\"content\":\"This\"");
            assertThat(site.operator().status().callsInFlight()).isEqualTo(1);
        }
        site.openAi().close();
    }
}
