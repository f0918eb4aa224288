package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.e2e.fixture.AdminTestClient;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authentication and limits of the admin API. */
@Tag("server")
@Timeout(120)
final class AdminAccessTest {
    private static final int MOST_FAILURES = 10;

    @TempDir Path home;

    private ServerFixture site;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private static void assertProblem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(HttpTestClient.header(answer, "content-type"))
                .isEqualTo("application/problem+json");
        assertThat(HttpTestClient.json(answer).path("status").asInt()).isEqualTo(status);
        assertThat(HttpTestClient.json(answer).path("detail").asText()).isNotEmpty();
    }

    private AdminTestClient stranger(String login) {
        return new AdminTestClient(site::address, site.web(), login);
    }

    @Test
    void putsEveryChangeOnTheTrail() {
        String id = site.operator().createKey("bob", "5").key().id();
        site.operator().revoke(id);

        JsonNode trail = HttpTestClient.json(site.operator().get(AdminApi.EVENTS)).path("data");
        assertThat(trail.findValuesAsText("action")).containsExactly("key.revoke", "key.create");
        assertThat(trail.findValuesAsText("subject")).containsOnly("key:" + id);
        assertThat(trail.findValuesAsText("source")).containsOnly("127.0.0.1");
        assertThat(trail.findValuesAsText("actor")).doesNotContain("");
        assertThat(trail.at("/1/after").asText()).contains("bob").contains("5.00");
    }

    @Test
    void takesMoneyAsAStringOnly() {
        assertProblem(
                site.operator().post(AdminApi.KEYS, Map.of("user", "bob", "quota_usd", 5)), 400);
        assertThat(
                        site.operator()
                                .post(AdminApi.KEYS, Map.of("user", "bob", "quota_usd", "5"))
                                .statusCode())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                AdminApi.STATUS,
                AdminApi.KEYS,
                AdminApi.CALLS,
                AdminApi.USAGE,
                AdminApi.PRICES,
                AdminApi.ROOT + "/nowhere"
            })
    void isClosedWithoutAPassword(String path) {
        assertProblem(site.web().get(URI.create(site.address() + path)), 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin:wrong", "nobody:correct horse battery", "admin", ":", ""})
    void isClosedToAWrongOne(String login) {
        assertProblem(stranger(login).get(AdminApi.STATUS), 401);
    }

    @Test
    void isClosedToAUsersKey() {
        String key = site.operator().createKey("bob", "5").secret();
        URI status = URI.create(site.address() + AdminApi.STATUS);
        assertProblem(site.web().send(HttpTestClient.to(status, key).build()), 401);
    }

    @Test
    void letsNobodyGuessForLong() {
        for (int i = 0; i < MOST_FAILURES; i++) {
            assertProblem(stranger("admin:guess" + i).get(AdminApi.STATUS), 401);
        }
        assertProblem(site.operator().get(AdminApi.STATUS), 429);

        site.clock().advance(Duration.ofMinutes(2));
        assertThat(site.operator().get(AdminApi.STATUS).statusCode()).isEqualTo(200);
    }

    @Test
    void asksForThePasswordAsBrowsersUnderstandIt() {
        HttpResponse<String> answer = site.web().get(URI.create(site.address() + AdminApi.STATUS));
        assertThat(HttpTestClient.header(answer, "www-authenticate"))
                .isEqualTo("Basic realm=\"oaiproxy\", charset=\"UTF-8\"");
    }

    @Test
    void saysWhenGuessingMayGoOn() {
        for (int i = 0; i < MOST_FAILURES; i++) {
            stranger("admin:guess" + i).get(AdminApi.STATUS);
        }
        HttpResponse<String> answer = stranger("admin:guess").get(AdminApi.STATUS);
        assertProblem(answer, 429);
        assertThat(HttpTestClient.header(answer, "retry-after")).isEqualTo("60");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/jsonx",
                "text/plain, application/json"
            })
    void takesNoOtherBodyThanJson(String type) {
        for (String method : new String[] {"POST", "PATCH", "PUT", "DELETE"}) {
            HttpRequest request =
                    site.operator()
                            .request(AdminApi.KEYS)
                            .setHeader("Content-Type", type)
                            .method(method, HttpRequest.BodyPublishers.ofString("{\"user\":\"b\"}"))
                            .build();
            HttpResponse<String> answer = site.web().send(request);
            assertProblem(answer, 415);
            assertThat(answer.body()).contains("application/json");
        }
        assertThat(site.operator().status().keys()).isZero();
    }

    @Test
    void takesJsonWithACharset() {
        HttpRequest request =
                site.operator()
                        .request(AdminApi.KEYS)
                        .setHeader("Content-Type", "Application/JSON; charset=utf-8")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"user\":\"bob\"}"))
                        .build();
        assertThat(site.web().send(request).statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, http://evil.example",
        "Origin, null",
        "Origin, http://127.0.0.1:1",
        "Sec-Fetch-Site, cross-site"
    })
    void takesNothingFromAPageOfAnotherSite(String header, String value) {
        HttpRequest.Builder request = site.operator().request(AdminApi.KEYS);
        request.header(header, value);
        assertProblem(
                site.web()
                        .send(
                                request.POST(
                                                HttpRequest.BodyPublishers.ofString(
                                                        "{\"user\":\"bob\"}"))
                                        .build()),
                403);
        assertThat(site.operator().status().keys()).isZero();
    }

    @Test
    void takesWhatAPageOfItsOwnSends() {
        HttpRequest.Builder request = site.operator().request(AdminApi.STATUS);
        request.header("Origin", site.address().toString());
        request.header("Sec-Fetch-Site", "same-origin");
        assertThat(site.web().send(request.build()).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//admin/v1/status",
                "/%61dmin/v1/status",
                "/v1/../admin/v1/status",
                "/./admin/v1/status",
                "/admin;x=1/v1/status",
                "//metrics",
                "/v1/../metrics",
                "/%6detrics",
                "/metrics;x",
                "//health/live",
                "/v1/../health/live"
            })
    void hasOneSpellingOfEachPath(String path) {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say("GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n");
            String answer = client.answer();
            assertThat(answer).startsWith("HTTP/1.1 404").contains("unknown_url");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /keys, '{\"user\":\"bob\",\"qouta_usd\":\"5\"}'",
        "POST, /keys, '{\"user\":\"bob\",\"quota_usd\":\"5 EUR\"}'",
        "POST, /keys, '{\"quota_usd\":\"5\"}'",
        "POST, /keys, '{\"user\":\"bob\"} x'",
        "POST, /keys, 'null'",
        "POST, /keys, ''",
        "PATCH, /quotas/everyone, '{\"limit\":\"5\"}'",
        "PATCH, /quotas/everyone, '{\"limit_usd\":\"5\",\"add_usd\":\"5\"}'"
    })
    void refusesABodyThatItDoesNotUnderstand(String method, String path, String body) {
        HttpRequest request =
                site.operator()
                        .request(AdminApi.ROOT + path)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        assertProblem(site.web().send(request), 400);
        assertThat(site.operator().status().keys()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/calls?usr=bob",
                "/calls?limit=0",
                "/calls?limit=many",
                "/calls?state=lost",
                "/keys?name=x",
                "/users?x=1",
                "/quotas?usr=bob",
                "/usage?from=7d",
                "/usage?by=colour",
                "/prices?name=gpt-4o",
                "/status?verbose=true"
            })
    void refusesAQueryThatItDoesNotUnderstand(String pathAndQuery) {
        assertProblem(site.operator().get(AdminApi.ROOT + pathAndQuery), 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/keys/abcdefgh", "/calls/x", "/quotas/user:nobody"})
    void doesNotFindWhatIsNotThere(String path) {
        assertProblem(site.operator().get(AdminApi.ROOT + path), 404);
    }
}
