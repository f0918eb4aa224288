package dev.oaiproxy.app.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.base.Checkout;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The responses and warnings of the listener itself, before any route. */
@Tag("server")
@Isolated
final class ListenerTest {
    private static final Map<String, String> SET_UP =
            Map.of(
                    "OPENAI_API_KEY", "sk-none",
                    "PROXY_SERVER_USER", "admin",
                    "PROXY_SERVER_PASS", "pass");

    @TempDir Path home;

    @Test
    void tellsItsHealthAndItsMetrics() throws Exception {
        try (Server server = start(SET_UP, 0)) {
            assertThat(get(server, "/health/live").statusCode()).isBetween(200, 204);
            assertThat(get(server, "/health/ready").statusCode()).isBetween(200, 204);
            assertThat(get(server, "/metrics").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void isAliveButNotReadyBeforeItIsSetUp() throws Exception {
        try (Server server = start(Map.of(), 0)) {
            assertThat(get(server, "/health/live").statusCode()).isBetween(200, 204);
            HttpResponse<String> ready = get(server, "/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).doesNotContain("not_set_up");
        }
    }

    @Test
    void leavesWhatItDoesNotKnowToTheUsersDoor() throws Exception {
        try (Server server = start(SET_UP, 0)) {
            HttpResponse<String> answer = get(server, "/nothing");
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("unknown_url");
        }
    }

    @Test
    void refusesToStartOnAPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> start(Map.of(), port))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("cannot listen on 0.0.0.0 port " + port);
        }
    }

    @Test
    void warnsThatPasswordsCrossTheNetworkInClear() {
        try (CapturedLog capturedLog = CapturedLog.start()) {
            start(Map.of(), 0).close();
            assertThat(capturedLog.messages())
                    .filteredOn(line -> line.startsWith("event=clear_text host=0.0.0.0"))
                    .hasSize(1)
                    .allMatch(line -> line.contains("OAIPROXY_TLS_CERTIFICATE"));
        }
    }

    @Test
    void doesNotWarnOfWhatStaysOnTheMachine() {
        try (CapturedLog capturedLog = CapturedLog.start()) {
            start(Map.of("OAIPROXY_HOST", "127.0.0.1"), 0).close();
            assertThat(capturedLog.messages())
                    .noneMatch(line -> line.startsWith("event=clear_text"));
        }
    }

    @Test
    void warnsOfAPasswordThatIsGuessedSoon() {
        try (CapturedLog capturedLog = CapturedLog.start()) {
            start(SET_UP, 0).close();
            assertThat(capturedLog.messages())
                    .filteredOn(line -> line.startsWith("event=weak_password"))
                    .hasSize(1)
                    .allMatch(line -> line.contains("shorter than 12 characters"));
        }
    }

    private Server start(Map<String, String> variables, int port) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("OAIPROXY_HOME", home.toString());
        environment.put("OAIPROXY_PORT", Integer.toString(port));
        return new Server(Checkout.top(), environment, Map.of(), InstantSource.system());
    }

    private static HttpResponse<String> get(Server server, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }
}
