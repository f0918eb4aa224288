package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.KeyRequest;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.ledger.store.FaultyLink;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.sql.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
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
import java.util.Optional;

/** The whole server with a client and streams in flight, on a database that will be faulty. */
final class FaultyServer implements AutoCloseable {
    /** A client is refused within three seconds; this bound ends a test that would hang. */
    private static final Duration BEFORE_LONG = Duration.ofSeconds(20);

    private static final String SHORT =
            """
            {"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}\
            """;
    private static final String LONG =
            """
            {"model":"gpt-4o","stream":true,"messages":[{"role":"user",
             "content":"[[tokens=150 delay=50ms]]"}]}\
            """;

    private final Path home;
    private final List<FaultyLink> linksToOpenAi = new ArrayList<>();
    private final ServerFixture site;
    private final String key;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<BufferedReader> answers = new ArrayList<>();

    FaultyServer(Path home, Database database, String host) {
        this.home = home;
        Map<String, String> variables = new HashMap<>(TestDatabase.variables(database));
        variables.put("DB_HOST", host);
        site = ServerFixture.in(home, variables, this::link);
        key = Eventually.ask(this::newKey, Optional::isPresent).orElseThrow();
    }

    /** A key, unless the server refuses to wait for its database while the machine is busy. */
    private Optional<String> newKey() {
        var request = new KeyRequest("bob", "5", null, null, null, null, null, null, null, null);
        HttpResponse<String> response = site.operator().post(AdminApi.KEYS, request);
        return response.statusCode() == 503
                ? Optional.empty()
                : Optional.of(HttpTestClient.json(response).path("secret").asText());
    }

    private URI link(URI openAi) {
        try {
            FaultyLink link = FaultyLink.to(openAi.getAuthority());
            linksToOpenAi.add(link);
            return URI.create("http://" + link.host() + openAi.getPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts streams that end after {@link #finishStreams}. */
    void beginStreams(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            HttpResponse<InputStream> answer =
                    http.send(
                            HttpTestClient.to(site.v1("/chat/completions"), key)
                                    .POST(BodyPublishers.ofString(LONG))
                                    .build(),
                            BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            answers.add(
                    new BufferedReader(
                            new InputStreamReader(answer.body(), StandardCharsets.UTF_8)));
        }
        linksToOpenAi.forEach(link -> link.silence(true));
    }

    /** Reads all streams to their regular end. */
    void finishStreams() {
        linksToOpenAi.forEach(link -> link.silence(false));
        for (BufferedReader answer : answers) {
            String last = answer.lines().filter(line -> !line.isEmpty()).reduce("", (a, b) -> b);
            assertThat(last).isEqualTo("data: [DONE]");
        }
    }

    /** A call that is answered within {@link #BEFORE_LONG}. */
    HttpResponse<String> call() {
        return site.web()
                .send(
                        HttpTestClient.to(site.v1("/chat/completions"), key)
                                .timeout(BEFORE_LONG)
                                .POST(BodyPublishers.ofString(SHORT))
                                .build());
    }

    int health(String what) {
        return site.web().get(site.address().resolve("/health/" + what)).statusCode();
    }

    /** The number of spooled charges. */
    long spooled() throws IOException {
        String spool = Files.readString(home.resolve("spool").resolve("endings"));
        return spool.lines().filter(line -> line.contains("\"CHARGED\"")).count();
    }

    void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(HttpTestClient.json(answer).path("error").path("code").asText())
                .isEqualTo("ledger_unavailable");
        assertThat(health("live")).isEqualTo(204);
    }

    /** Asserts that OpenAI's bill is charged, the books balance, and calls are admitted again. */
    void assertRecovered() throws Exception {
        Eventually.ask(() -> health("ready"), status -> status == 204);
        // Calls are admitted shortly before all connections for reports are replaced.
        Eventually.ask(
                () -> site.operator().get(AdminApi.CALLS).statusCode(), status -> status == 200);
        List<Call> calls =
                Eventually.ask(
                        () -> site.operator().calls(),
                        all -> all.stream().noneMatch(call -> call.state().equals("held")));
        assertThat(calls.stream().filter(c -> c.state().equals("charged")))
                .hasSameSizeAs(site.openAi().bill().entries());
        assertThat(calls)
                .filteredOn(call -> !call.state().equals("charged"))
                .allMatch(c -> c.state().equals("released") && c.costUsd().equals("0.00"));
        HttpResponse<String> next = call();
        assertThat(next.statusCode()).as(next.body()).isEqualTo(200);
        Eventually.ask(() -> site.operator().quota("user:bob").heldUsd(), "0.00"::equals);
        String audit = site.operator().get(AdminApi.AUDIT).body();
        assertThat(HttpTestClient.json(audit).path("balanced").asBoolean()).as(audit).isTrue();
    }

    @Override
    public void close() throws IOException {
        http.close();
        site.close();
        for (FaultyLink link : linksToOpenAi) {
            link.close();
        }
    }
}
