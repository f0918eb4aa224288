package dev.oaiproxy.e2e.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another process locks the database while calls are in flight. */
@Tag("server")
@Tag("slow")
@Timeout(120)
final class LockedDatabaseTest {
    private static final int STREAMS = 8;
    private static final String SHORT =
            """
            {"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}\
            """;
    private static final String LONG =
            """
            {"model":"gpt-4o","stream":true,"messages":[{"role":"user",
             "content":"[[tokens=300 delay=20ms]]"}]}\
            """;

    @TempDir Path home;

    @Test
    void callsInFlightAreChargedWhenTheDatabaseIsBackAndNewOnesAreRefusedTill() throws Exception {
        try (ServerFixture site = ServerFixture.in(home);
                HttpClient http = HttpClient.newHttpClient()) {
            String key = site.operator().createKey("bob", "5").secret();
            assertThat(ready(site)).isTrue();
            List<BufferedReader> answers = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                answers.add(begin(site, http, key));
            }
            try (Connection other = DriverManager.getConnection(url());
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN EXCLUSIVE");
                assertThat(ready(site)).as("nobody else waits for the lock").isFalse();
                checkClosed(site, key);
                for (BufferedReader answer : answers) {
                    assertThat(lastLine(answer)).isEqualTo("data: [DONE]");
                }
                assertThat(spooled()).as("charges in the spool").isEqualTo(STREAMS);
                statement.execute("ROLLBACK");
            }
            checkRecovered(site, key);
        }
    }

    private static BufferedReader begin(ServerFixture site, HttpClient http, String key)
            throws Exception {
        HttpResponse<java.io.InputStream> answer =
                http.send(
                        HttpTestClient.to(site.v1("/chat/completions"), key)
                                .POST(BodyPublishers.ofString(LONG))
                                .build(),
                        BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private String url() {
        return "jdbc:sqlite:" + home.resolve("proxy_api.db") + "?busy_timeout=60000";
    }

    private static void checkClosed(ServerFixture site, String key) {
        HttpResponse<String> refused = site.web().post(site.v1("/chat/completions"), key, SHORT);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(HttpTestClient.json(refused).path("error").path("code").asText())
                .isEqualTo("ledger_unavailable");
    }

    private static void checkRecovered(ServerFixture site, String key) throws Exception {
        List<Call> calls =
                Eventually.ask(
                        () -> site.operator().calls(),
                        all -> all.stream().noneMatch(call -> call.state().equals("held")));
        List<Call> charged = calls.stream().filter(c -> c.state().equals("charged")).toList();
        assertThat(charged).hasSize(STREAMS);
        assertThat(calls).allMatch(c -> c.state().equals("charged") || isReleased(c));
        String billed = ExpectedCosts.of(site.openAi().bill().await(STREAMS)).toString();
        assertThat(site.operator().quota("user:bob").spentUsd()).isEqualTo(billed);
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        Eventually.ask(() -> ready(site), isReady -> isReady);
        assertThat(site.web().post(site.v1("/chat/completions"), key, SHORT).statusCode())
                .isEqualTo(200);
        String audit = site.operator().get(AdminApi.AUDIT).body();
        assertThat(HttpTestClient.json(audit).path("balanced").asBoolean()).as(audit).isTrue();
    }

    private static boolean isReleased(Call call) {
        return call.state().equals("released") && call.costUsd().equals("0.00");
    }

    private static boolean ready(ServerFixture site) {
        int status = site.web().get(site.address().resolve("/health/ready")).statusCode();
        assertThat(status).isIn(204, 503);
        return status == 204;
    }

    private long spooled() throws IOException {
        String spool = Files.readString(home.resolve("spool").resolve("endings"));
        return spool.lines().filter(line -> line.contains("\"CHARGED\"")).count();
    }

    private static String lastLine(BufferedReader answer) throws IOException {
        return answer.lines().filter(line -> !line.isEmpty()).reduce("", (a, b) -> b);
    }
}
