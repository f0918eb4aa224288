package dev.oaiproxy.e2e.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.proxy.relay.FormBuilder;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Escaped paths, and paths of clients whose base URL has another form. */
@Tag("server")
@Timeout(120)
final class PathsTest {
    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;
    private CreatedKey eve;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        bob = site.operator().createKey("bob", "5");
        eve = site.operator().createKey("eve", "5");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private HttpResponse<String> get(String path, CreatedKey key) {
        return site.web().get(URI.create(site.address() + path), key.secret());
    }

    @Test
    void escapedModelsAreTheSameModels() {
        HttpResponse<String> plain = get("/v1/models/gpt-4o-mini", bob);
        HttpResponse<String> escaped = get("/v1/models/gpt%2D4o%2Dmini", bob);
        assertThat(escaped.statusCode()).isEqualTo(200).isEqualTo(plain.statusCode());
        assertThat(escaped.body()).isEqualTo(plain.body());
        HttpResponse<String> tuned = get("/v1/models/ft%3Agpt-4o-mini%3Aacme%3A%3Aabc", bob);
        assertThat(HttpTestClient.json(tuned).at("/error/code").asText())
                .isEqualTo("model_not_found");
        assertThat(HttpTestClient.json(tuned).at("/error/message").asText())
                .contains("`ft:gpt-4o-mini:acme::abc`");
    }

    @Test
    void escapedIdsAreTheirOwnersAlone() {
        FormBuilder formBuilder =
                new FormBuilder()
                        .field("purpose", "user_data")
                        .file("file", "a.txt", new byte[] {'a'});
        HttpResponse<byte[]> made =
                site.web()
                        .fetch(
                                HttpRequest.newBuilder(site.v1("/files"))
                                        .header("Authorization", "Bearer " + bob.secret())
                                        .header("Content-Type", FormBuilder.TYPE)
                                        .POST(BodyPublishers.ofByteArray(formBuilder.bytes()))
                                        .build());
        String id = HttpTestClient.json(ProxyFixture.text(made)).path("id").asText();
        String escaped = "/v1/files/" + id.replace("-", "%2D").replace("f", "%66");
        assertThat(HttpTestClient.json(get(escaped, bob)).path("id").asText()).isEqualTo(id);
        assertThat(get(escaped, eve).statusCode()).isEqualTo(404);
        assertThat(get(escaped + "/content", eve).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/files%2Ffile-1",
                "/v1/files/..%2Fmodels",
                "/v1/files/%2e%2e/models",
                "/v1/models/%2e",
                "/v1/models/gpt-4o%00",
                "/v1/models/gpt%252D4o",
                "/v1/%6frganization%2fcosts"
            })
    void nothingIsReachedByEscapes(String path) {
        HttpResponse<String> answer = get(path, bob);
        assertThat(answer.statusCode()).isIn(400, 404);
        assertThat(HttpTestClient.json(answer).at("/error/type").asText())
                .isEqualTo("invalid_request_error");
        assertThat(get("/v1/%6frganization/costs", bob).statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/chat/completions",
        "/openai/v1/chat/completions",
        "/openai/deployments/gpt-4o/chat/completions",
        "/v1/v1/chat/completions",
        "/chat/completions",
        "/v1"
    })
    void saysWhatTheBaseUrlIs(String path) {
        HttpResponse<String> answer =
                site.web()
                        .post(
                                URI.create(site.address() + path),
                                bob.secret(),
                                SampleRequests.json("hello", ""));
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(HttpTestClient.json(answer).at("/error/code").asText()).isEqualTo("unknown_url");
        assertThat(HttpTestClient.json(answer).at("/error/message").asText())
                .contains("base URL", "/v1")
                .doesNotContain("HOST");
    }

    @Test
    void aWrongKeyInThePathIsStillAWrongKey() {
        assertThat(get("/sk-oap-0000000000-none/v1/models", bob).statusCode()).isEqualTo(401);
        assertThat(get("/sk-proj-openai/v1/models", bob).statusCode()).isEqualTo(401);
        assertThat(get("/" + bob.secret() + "/v1/models", eve).statusCode()).isEqualTo(200);
    }
}
