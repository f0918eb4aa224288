package dev.oaiproxy.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's errors: the user's are passed on, the operator's are not, and none is charged. */
@Tag("server")
@Timeout(120)
final class UpstreamErrorsTest {
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

    private OpenAIServiceException refusal(String text) {
        OpenAIClient client = site.sdk(bob.secret());
        return Objects.requireNonNull(
                catchThrowableOfType(
                        OpenAIServiceException.class,
                        () -> client.chat().completions().create(SampleRequests.chat(text))));
    }

    private void assertReleased(String reason) {
        Call call = site.operator().onlyCallOf(bob);
        assertThat(call.state()).isEqualTo("released");
        assertThat(call.reason()).isEqualTo(reason);
        assertThat(call.costUsd()).isEqualTo("0.00");
        assertThat(site.operator().quota("user:bob").spentUsd()).isEqualTo("0.00");
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
    }

    @ParameterizedTest
    @CsvSource({"429,''", "500,''", "503,''", "429,'\"stream\":true'"})
    void passesStatusAndBodyOn(int status, String more) {
        String body = SampleRequests.json("[[fault=" + status + "]]", more);
        HttpResponse<String> here =
                site.web().post(site.v1("/chat/completions"), bob.secret(), body);
        URI direct = URI.create(site.openAi().baseUrl() + "/chat/completions");
        HttpResponse<String> there = site.web().post(direct, site.openAi().apiKey(), body);

        assertThat(here.statusCode()).isEqualTo(status).isEqualTo(there.statusCode());
        assertThat(here.body()).isEqualTo(there.body());
        assertThat(HttpTestClient.header(here, "retry-after"))
                .isEqualTo(HttpTestClient.header(there, "retry-after"));
        assertReleased("OpenAI returned status " + status);
    }

    @Test
    void areTheExceptionsThatTheSdkKnows() {
        assertThat(refusal("[[fault=429]]"))
                .isInstanceOf(RateLimitException.class)
                .satisfies(e -> assertThat(e.code()).hasValue("rate_limit_exceeded"));
        assertThat(refusal("[[fault=500]]")).isInstanceOf(InternalServerException.class);
        assertThat(site.operator().quota("everyone").spentUsd()).isEqualTo("0.00");
    }

    @Test
    void keepsTheOperatorsOwnQuotaFromTheUser() {
        assertThat(refusal("[[fault=quota]]"))
                .isInstanceOf(InternalServerException.class)
                .satisfies(e -> assertThat(e.statusCode()).isEqualTo(503))
                .satisfies(e -> assertThat(e.code()).hasValue("upstream_account_problem"))
                .satisfies(e -> assertThat(e.body().toString()).doesNotContain("billing"));
        assertReleased("OpenAI returned status 429");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat/completions", "/models"})
    void keepsTheOperatorsWrongKeyFromTheUser(String path) {
        site.restart(Map.of("OPENAI_API_KEY", "sk-wrong"));
        HttpResponse<String> answer =
                path.equals("/models")
                        ? site.web().get(site.v1(path), bob.secret())
                        : site.web()
                                .post(site.v1(path), bob.secret(), SampleRequests.json("hi", ""));

        assertThat(answer.statusCode()).isEqualTo(503);
        JsonNode error = HttpTestClient.json(answer).path("error");
        assertThat(error.path("code").asText()).isEqualTo("upstream_account_problem");
        assertThat(answer.body()).doesNotContain("Incorrect API key");
        assertThat(site.operator().quota("everyone").spentUsd()).isEqualTo("0.00");
        assertThat(site.operator().quota("everyone").heldUsd()).isEqualTo("0.00");
    }

    @Test
    void isABadGatewayWhenOpenAiCannotBeReached() throws IOException {
        site.restart(Map.of("OPENAI_BASE_URL", "http://127.0.0.1:" + closedPort() + "/v1"));
        assertThat(refusal("hello"))
                .isInstanceOf(InternalServerException.class)
                .satisfies(e -> assertThat(e.statusCode()).isEqualTo(502))
                .satisfies(e -> assertThat(e.code()).hasValue("upstream_unreachable"));
        assertReleased("OpenAI could not be reached");
    }

    /** A port without a listener. */
    private static int closedPort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @Test
    void triesADeadPooledConnectionAgain() {
        String body = SampleRequests.json("hello", "");
        assertThat(site.web().post(site.v1("/chat/completions"), bob.secret(), body).statusCode())
                .isEqualTo(200);
        site.restartOpenAi();
        assertThat(site.web().post(site.v1("/chat/completions"), bob.secret(), body).statusCode())
                .isEqualTo(200);
        assertThat(site.operator().calls()).extracting(Call::state).containsOnly("charged");
        assertThat(site.openAi().bill().entries()).hasSize(1);
    }
}
