package dev.oaiproxy.e2e.race;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.AdminTestClient;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.StandInSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a server. */
@Tag("server")
final class LogTest {
    private static final int BURST = 200;

    @TempDir Path home;

    private final OpenAiStandIn openAi = OpenAiStandIn.start(StandInSettings.DEFAULT);
    private final HttpTestClient httpTestClient = new HttpTestClient();

    @AfterEach
    void stop() {
        httpTestClient.close();
        openAi.close();
    }

    @Test
    void countsWhatStrangersDoAndTracesNothing() throws Exception {
        List<String> lines;
        long begun = System.nanoTime();
        try (NodeProcess server = start("text")) {
            for (int i = 0; i < BURST; i++) {
                say(server, "GET /v1/mod", false);
                say(server, "GET /v1/models HTTP/1.1\r\nHost: x\r\nX: ", false);
                say(server, "nonsense\r\n\r\n", true);
                chat(server, "sk-oap-abcdefgh23-" + "x".repeat(32), "gpt-4o-mini");
                wrongPassword(server);
            }
            assertThat(server.stop()).isEqualTo(143);
            lines = server.output().lines().toList();
        }
        long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        assertThat(lines).noneMatch(line -> line.startsWith("\t") || line.contains("Exception:"));
        assertThat(sum(lines, "event=refused reason=unknown_key ")).isEqualTo(BURST);
        assertThat(sum(lines, "reason=wrong_password ") + sum(lines, "reason=too_many_passwords "))
                .isEqualTo(BURST);
        assertThat(sum(lines, "event=refused reason=bad_request ")).isEqualTo(3 * BURST);
        // At most one line a second for each of the limited kinds.
        assertThat(lines.size()).isLessThan((int) (20 + 8 * (seconds + 2)));
        assertThat(lines).noneMatch(line -> line.contains("xxxx"));
    }

    @Test
    void namesTheKeyAndTheAddressOfARefusedCaller() throws Exception {
        try (NodeProcess server = start("text")) {
            CreatedKey bob = server.operator().createKey("bob", "0");
            for (int i = 0; i < BURST; i++) {
                assertThat(chat(server, bob.secret(), "gpt-4o-mini").statusCode()).isEqualTo(429);
            }
            server.stop();
            List<String> lines = server.output().lines().toList();
            String line =
                    "event=refused reason=insufficient_quota key="
                            + bob.key().id()
                            + " address=127.0.0.1 count=";
            assertThat(sum(lines, line)).isEqualTo(BURST);
            assertThat(server.output()).doesNotContain(bob.secret().substring(19));
        }
    }

    @Test
    void writesJsonWhoeverLogs() throws Exception {
        try (NodeProcess server = start("json")) {
            CreatedKey bob = server.operator().createKey("bob", "10");
            assertThat(chat(server, bob.secret(), "gpt-4o-mini").statusCode()).isEqualTo(200);
            chat(server, bob.secret(), "gpt\nevent=forged");
            say(server, "nonsense\r\n\r\n", true);
            server.stop();
            Map<String, JsonNode> events = new HashMap<>();
            JsonNode charged = null;
            for (String line : server.output().lines().toList()) {
                JsonNode node = new ObjectMapper().readTree(line);
                assertThat(node.get("time").textValue()).endsWith("Z");
                events.put(node.path("event").asText() + node.path("reason").asText(), node);
                charged = node.path("state").asText().equals("charged") ? node : charged;
            }
            assertThat(charged).isNotNull();
            assertThat(charged.get("user").textValue()).isEqualTo("bob");
            assertThat(charged.get("ms").isIntegralNumber()).isTrue();
            assertThat(events)
                    .containsKeys("stopping", "stopped", "refusedmodel_not_found")
                    .doesNotContainKey("forged");
        }
    }

    private NodeProcess start(String format) throws IOException {
        Map<String, String> variables =
                new HashMap<>(
                        NodeProcess.variables(Database.file(home.resolve("proxy.db")), openAi));
        variables.put("OAIPROXY_LOG_FORMAT", format);
        return NodeProcess.await(NodeProcess.launch(home, variables), home);
    }

    private HttpResponse<String> chat(NodeProcess server, String key, String model)
            throws IOException {
        String body =
                new ObjectMapper()
                        .writeValueAsString(
                                Map.of(
                                        "model",
                                        model,
                                        "messages",
                                        List.of(Map.of("role", "user", "content", "Hi"))));
        return httpTestClient.send(
                HttpRequest.newBuilder(URI.create(server.address() + "/v1/chat/completions"))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build());
    }

    private void wrongPassword(NodeProcess server) {
        AdminTestClient stranger =
                new AdminTestClient(
                        server::address, httpTestClient, ServerFixture.ADMIN + ":wrong");
        assertThat(stranger.get("/admin/v1/status").statusCode()).isIn(401, 429);
    }

    /** Sends a text, and disconnects at once or after the response. */
    private static void say(NodeProcess server, String text, boolean waits) throws IOException {
        URI at = server.address();
        try (Socket socket = new Socket(at.getHost(), at.getPort());
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            if (waits) {
                assertThat(in.read()).isEqualTo('H');
            }
        }
    }

    private static long sum(List<String> lines, String what) {
        return lines.stream()
                .filter(line -> line.contains(what))
                .map(line -> line.substring(line.indexOf("count=") + 6).split(" ", 2)[0])
                .mapToLong(Long::parseLong)
                .sum();
    }
}
