package dev.oaiproxy.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.server.Eventually;
import dev.oaiproxy.server.Web;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole server, while its database server has trouble; and after that, without a restart. */
@OnEveryDatabase
@Timeout(180)
final class TroubleTest {
    private static final int STREAMS = 4;

    /** A client has its refusal within three seconds, and a busy machine some more. */
    private static final Duration REFUSED = Duration.ofSeconds(4);

    private static final String SHORT =
            """
            {"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}""";
    private static final String LONG =
            """
            {"model":"gpt-4o","stream":true,"messages":[{"role":"user",
             "content":"[[tokens=150 delay=30ms]]"}]}""";

    private final TestDatabase kind;
    @TempDir Path home;

    TroubleTest(TestDatabase kind) {
        this.kind = kind;
    }

    @ParameterizedTest
    @EnumSource
    void callsInFlightAreChargedAndNewOnesRefusedUntilItIsOver(Trouble trouble) throws Exception {
        assumeTrue(kind != TestDatabase.SQLITE, "a file has no server");
        TestServer server = TestServer.valueOf(kind.name());
        try (Cable cable = Cable.to(server.host());
                HttpClient http = HttpClient.newHttpClient()) {
            Trouble.Patient patient = new Trouble.Patient(server, cable);
            befall(trouble, patient, http);
        }
    }

    private void befall(Trouble trouble, Trouble.Patient patient, HttpClient http)
            throws Exception {
        try (dev.oaiproxy.server.Installation site = site(trouble.host(patient))) {
            String key = site.operator().createKey("bob", "5").secret();
            List<BufferedReader> answers = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                answers.add(begin(site, http, key));
            }
            trouble.begin(patient);
            try {
                checkClosed(site, key);
                for (BufferedReader answer : answers) {
                    assertThat(lastLine(answer)).isEqualTo("data: [DONE]");
                }
                assertThat(spooled()).as("charges in the spool").isEqualTo(STREAMS);
                checkClosed(site, key);
            } finally {
                trouble.end(patient);
            }
            checkRecovered(site, key);
        }
    }

    @Test
    void nobodyNoticesThatConnectionsAreKilledBetweenCalls() throws Exception {
        assumeTrue(kind != TestDatabase.SQLITE, "a file has no server");
        try (Cable cable = Cable.to(TestServer.valueOf(kind.name()).host());
                dev.oaiproxy.server.Installation site = site(cable.host())) {
            String key = site.operator().createKey("bob", "5").secret();
            for (int i = 0; i < 3; i++) {
                cable.cut();
                cable.mend();
                HttpResponse<String> answer = post(site, key);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
            assertThat(site.operator().endedCalls(3)).allMatch(c -> c.state().equals("charged"));
        }
    }

    private dev.oaiproxy.server.Installation site(String host) {
        Database database = kind.ready(home);
        Map<String, String> variables = new HashMap<>(TestDatabase.variables(database));
        variables.put("DB_HOST", host);
        return dev.oaiproxy.server.Installation.in(home, variables);
    }

    private static BufferedReader begin(
            dev.oaiproxy.server.Installation site, HttpClient http, String key) throws Exception {
        HttpResponse<InputStream> answer =
                http.send(
                        Web.to(site.v1("/chat/completions"), key)
                                .POST(BodyPublishers.ofString(LONG))
                                .build(),
                        BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static void checkClosed(dev.oaiproxy.server.Installation site, String key) {
        HttpResponse<String> refused = post(site, key);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(Web.json(refused).path("error").path("code").asText())
                .isEqualTo("ledger_unavailable");
        assertThat(health(site, "ready")).isEqualTo(503);
        assertThat(health(site, "live")).isEqualTo(204);
    }

    private static HttpResponse<String> post(dev.oaiproxy.server.Installation site, String key) {
        return site.web()
                .send(
                        Web.to(site.v1("/chat/completions"), key)
                                .timeout(REFUSED)
                                .POST(BodyPublishers.ofString(SHORT))
                                .build());
    }

    private static int health(dev.oaiproxy.server.Installation site, String what) {
        return site.web().get(site.address().resolve("/health/" + what)).statusCode();
    }

    private static void checkRecovered(dev.oaiproxy.server.Installation site, String key)
            throws Exception {
        Eventually.ask(() -> health(site, "ready"), status -> status == 204);
        List<Call> calls =
                Eventually.ask(
                        () -> site.operator().calls(),
                        all -> all.stream().noneMatch(call -> call.state().equals("held")));
        assertThat(calls.stream().filter(c -> c.state().equals("charged"))).hasSize(STREAMS);
        assertThat(calls)
                .filteredOn(call -> !call.state().equals("charged"))
                .allMatch(c -> c.state().equals("released") && c.costUsd().equals("0.00"));
        assertThat(post(site, key).statusCode()).isEqualTo(200);
        assertThat(site.openAi().bill().await(STREAMS + 1)).hasSize(STREAMS + 1);
        Eventually.ask(() -> site.operator().quota("user:bob").heldUsd(), "0.00"::equals);
        String audit = site.operator().get(AdminApi.AUDIT).body();
        assertThat(Web.json(audit).path("balanced").asBoolean()).as(audit).isTrue();
    }

    private long spooled() throws IOException {
        String spool = Files.readString(home.resolve("spool").resolve("endings"));
        return spool.lines().filter(line -> line.contains("\"CHARGED\"")).count();
    }

    private static String lastLine(BufferedReader answer) {
        return answer.lines().filter(line -> !line.isEmpty()).reduce("", (a, b) -> b);
    }
}
