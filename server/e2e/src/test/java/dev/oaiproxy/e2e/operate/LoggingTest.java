package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.app.boot.CapturedLog;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The log of a server, and the secrets that it never contains. */
@Tag("server")
@Timeout(120)
@Isolated("it reads the log of the process")
final class LoggingTest {
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

    @Test
    void aClientThatLeavesIsNoStackTraceInTheLog() {
        try (CapturedLog capturedLog = CapturedLog.start()) {
            String body = SampleRequests.json("[[tokens=100]] [[delay=3ms]]", "");
            String stream =
                    SampleRequests.json("[[tokens=100]] [[delay=3ms]]", SampleRequests.STREAM);
            for (String each : new String[] {body, stream, stream}) {
                RawHttpConnection client = RawHttpConnection.chatting(site, bob.secret(), each);
                Eventually.ask(site.operator()::status, status -> status.callsInFlight() > 0);
                client.close();
                Eventually.ask(site.operator()::status, status -> status.callsInFlight() == 0);
            }
            site.operator().endedCalls(3);
            assertThat(capturedLog.thrown()).isEmpty();
            assertThat(capturedLog.messages())
                    .filteredOn(m -> m.contains("state=charged"))
                    .hasSize(3);
        }
    }

    @Test
    void aClientThatIsCutOffIsToldInTheLog() {
        site.restart(Map.of("OAIPROXY_CLIENT_TIMEOUT", "300ms"));
        try (CapturedLog capturedLog = CapturedLog.start();
                RawHttpConnection client = RawHttpConnection.to(site)) {
            client.post("/chat/completions", bob.secret(), "application/json", 100);
            client.say("{}");
            assertThat(client.rest()).startsWith("HTTP/1.1 408 ");
            assertThat(
                            Eventually.ask(
                                    capturedLog::messages,
                                    lines ->
                                            lines.stream()
                                                    .anyMatch(l -> l.contains("connection_cut"))))
                    .anyMatch(
                            line ->
                                    line.startsWith(
                                            "event=connection_cut reason=slow_body"
                                                    + " address=127.0.0.1 bytes="))
                    .anyMatch(line -> line.contains("setting=server.client-timeout"))
                    .anyMatch(
                            line ->
                                    line.startsWith(
                                            "event=refused reason=request_timeout"
                                                    + " address=127.0.0.1"));
        }
    }

    @Test
    void neitherKeysNorPromptsAreLogged() {
        try (CapturedLog capturedLog = CapturedLog.start()) {
            String body = SampleRequests.json("a private matter", "");
            site.web().post(site.v1("/chat/completions"), bob.secret(), body);
            site.web().get(URI.create(site.address() + "/" + bob.secret() + "/v1/x"));
            URI nowhere = URI.create(site.address() + "/" + bob.secret() + "/nowhere");
            HttpResponse<String> refused = site.web().get(nowhere);
            assertThat(refused.statusCode()).isEqualTo(404);
            assertThat(refused.body()).doesNotContain(bob.secret());
            site.web().post(site.v1("/chat/completions"), bob.secret(), body.substring(5));
            assertThat(capturedLog.messages())
                    .isNotEmpty()
                    .noneMatch(message -> message.contains(bob.secret()))
                    .noneMatch(message -> message.contains("private"));
        }
    }
}
