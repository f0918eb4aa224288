package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.sql.Database;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The first set-up of a server that has no settings yet. */
@Tag("server")
@Timeout(120)
final class FirstSetupTest {
    @TempDir Path home;

    private ServerFixture site;

    @BeforeEach
    void start() {
        Map<String, String> bare =
                Map.of("OPENAI_API_KEY", "", "PROXY_SERVER_USER", "", "PROXY_SERVER_PASS", "");
        site = ServerFixture.in(home, bare);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private ObjectNode order() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("openai_api_key", site.openAi().apiKey())
                .put("proxy_server_user", ServerFixture.ADMIN)
                .put("proxy_server_pass", ServerFixture.PASSWORD)
                .put("offline", false);
    }

    private HttpRequest.Builder request(ObjectNode order) {
        return HttpRequest.newBuilder(URI.create(site.address() + AdminApi.SETUP))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(order.toString()));
    }

    private HttpResponse<String> setUp(ObjectNode order) {
        return site.web().send(request(order).build());
    }

    private void assertNothingHappened() {
        assertThat(site.server().isOpen()).isFalse();
        assertThat(home.resolve(".env")).doesNotExist();
    }

    private static void assertProblem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(HttpTestClient.header(answer, "content-type"))
                .isEqualTo("application/problem+json");
        assertThat(HttpTestClient.json(answer).path("status").asInt()).isEqualTo(status);
        assertThat(answer.body()).doesNotContain(ServerFixture.PASSWORD);
    }

    @ParameterizedTest
    @CsvSource({"/v1/models", "/v1/chat/completions", "/me", "/sk-oap-x/v1/models"})
    void usersAreToldThatThereIsNone(String path) {
        HttpResponse<String> answer = site.web().get(URI.create(site.address() + path), "sk-any");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(HttpTestClient.json(answer).at("/error/code").asText()).isEqualTo("not_set_up");
        assertThat(HttpTestClient.header(answer, "x-should-retry")).isEqualTo("false");
    }

    @Test
    void operatorsAreToldThatThereIsNone() {
        assertProblem(site.operator().get(AdminApi.STATUS), 503);
        assertThat(ready()).isEqualTo(503);
    }

    private int ready() {
        return site.web().get(URI.create(site.address() + "/health/ready")).statusCode();
    }

    @Test
    void takesEffectAtOnceAndAfterARestart() throws IOException {
        assertThat(setUp(order()).statusCode()).isEqualTo(200);
        CreatedKey bob = site.operator().createKey("bob", "5");
        assertThat(site.web().get(site.v1("/models"), bob.secret()).statusCode()).isEqualTo(200);
        assertThat(ready()).isEqualTo(204);

        Path env = home.resolve(".env");
        assertThat(Files.getPosixFilePermissions(env))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readString(env)).contains("OPENAI_API_KEY=" + site.openAi().apiKey());

        site.restart();
        assertThat(site.web().get(site.v1("/models"), bob.secret()).statusCode()).isEqualTo(200);
    }

    @Test
    void isTakenOnlyOnce() {
        assertThat(setUp(order()).statusCode()).isEqualTo(200);
        assertProblem(setUp(order().put("proxy_server_pass", "another")), 409);
        assertThat(site.operator().status().state()).isEqualTo("ready");
    }

    @ParameterizedTest
    @CsvSource({"X-Forwarded-For", "Forwarded", "Via"})
    void isRefusedThroughAnotherProxy(String header) {
        HttpRequest forwarded = request(order()).header(header, "10.0.0.1").build();
        assertProblem(site.web().send(forwarded), 403);
        assertNothingHappened();
    }

    @ParameterizedTest
    @CsvSource({"evil.example", "evil.example:5000", "localhost.evil.example", "''"})
    void isRefusedUnderAForeignName(String host) {
        String body = order().toString();
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(
                    """
                    POST /admin/v1/setup HTTP/1.1
                    Host: %s
                    Connection: close
                    Content-Type: application/json
                    Content-Length: %d

                    %s\
                    """
                            .formatted(host, body.length(), body));
            assertThat(client.answer()).matches("(?s)HTTP/1.1 40[03] .*");
        }
        assertNothingHappened();
    }

    @Test
    void isRefusedAsAFormOfAWebPage() {
        HttpRequest form =
                HttpRequest.newBuilder(URI.create(site.address() + AdminApi.SETUP))
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(order().toString()))
                        .build();
        assertProblem(site.web().send(form), 403);
        assertNothingHappened();
    }

    @Test
    void isRefusedWithAKeyThatOpenAiRefuses() {
        ObjectNode order = order().put("openai_api_key", "sk-wrong");
        HttpResponse<String> answer = setUp(order);
        assertProblem(answer, 400);
        assertThat(answer.body()).contains("OpenAI refused the key").doesNotContain("sk-wrong");
        assertNothingHappened();

        assertThat(setUp(order.put("offline", true)).statusCode()).isEqualTo(200);
        assertThat(site.server().isOpen()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "openai_api_key, ''",
        "proxy_server_user, ''",
        "proxy_server_pass, ''",
        "proxy_server_pass, short",
        "proxy_server_pass, 123456789012",
        "proxy_server_pass, password1234!",
        "proxy_server_pass, aaaaaaaaaaaaaaaa",
        "proxy_server_pass, admin-admin-12",
        "unknown_member, x",
        "db_option, Others",
        "db_type, postgresql"
    })
    void isRefusedWhenSomethingIsWrongWithIt(String member, String value) {
        assertProblem(setUp(order().put(member, value)), 400);
        assertNothingHappened();
    }

    private ObjectNode order(Database database) {
        ObjectNode order = order();
        TestDatabase.variables(database)
                .forEach((name, value) -> order.put(name.toLowerCase(Locale.ROOT), value));
        return order;
    }

    @ParameterizedTest
    @MethodSource("dev.oaiproxy.ledger.store.TestDatabase#servers")
    void takesADatabaseServer(TestDatabase kind) throws IOException {
        Database database = kind.fresh(home);
        HttpResponse<String> answer = setUp(order(database));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(HttpTestClient.json(answer).path("database").asText())
                .isEqualTo(database.toString());
        CreatedKey bob = site.operator().createKey("bob", "5");

        site.restart();
        assertThat(site.web().get(site.v1("/models"), bob.secret()).statusCode()).isEqualTo(200);
        assertThat(site.operator().status().database()).isEqualTo(database.toString());
        assertThat(home.resolve("proxy_api.db")).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("dev.oaiproxy.ledger.store.TestDatabase#servers")
    void isRefusedWithADatabaseThatDoesNotLetItIn(TestDatabase kind) {
        ObjectNode order = order(kind.fresh(home)).put("db_password", "hunter2");
        HttpResponse<String> answer = setUp(order);
        assertProblem(answer, 400);
        assertThat(answer.body())
                .contains("does not let the user", "DB_PASSWORD")
                .doesNotContain("hunter2");
        assertNothingHappened();
    }
}
