package dev.oaiproxy.e2e.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.errors.UnexpectedStatusCodeException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.api.AdminApi.KeyRequest;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The proxy's own refusals as exceptions of the official SDK, before OpenAI is called. */
@Tag("server")
@Timeout(120)
final class SdkRefusalsTest {
    private static final ChatCompletionCreateParams HELLO = SampleRequests.chat("hello");

    @TempDir Path home;

    private ServerFixture site;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home, Map.of("OAIPROXY_MAX_BODY_BYTES", "20000"));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private static @Nullable OpenAIServiceException attempt(
            OpenAIClient client, ChatCompletionCreateParams params) {
        return catchThrowableOfType(
                OpenAIServiceException.class, () -> client.chat().completions().create(params));
    }

    private OpenAIServiceException refusal(String key, ChatCompletionCreateParams params) {
        return Objects.requireNonNull(attempt(site.sdk(key), params), "it was not refused");
    }

    /** Asserts that OpenAI was not called, nothing was charged, and nothing is held. */
    private void assertCostsNothing() {
        assertThat(site.openAi().bill().entries()).isEmpty();
        assertThat(site.operator().quota("everyone").spentUsd()).isEqualTo("0.00");
        assertThat(site.operator().quota("everyone").heldUsd()).isEqualTo("0.00");
    }

    @Test
    void refusesASearchThatTheModelHasNoPriceFor() {
        String key = site.operator().createKey("bob", "5").secret();
        String body = SampleRequests.json("hello", "\"web_search_options\":{}");
        HttpResponse<String> answer = site.web().post(site.v1("/chat/completions"), key, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(HttpTestClient.json(answer).at("/error/param").asText())
                .isEqualTo("web_search_options");
        assertThat(site.openAi().bill().entries()).isEmpty();
    }

    @Test
    void aWrongKeyIsUnauthorized() {
        assertThat(refusal("sk-oap-abcdefgh-wrong", HELLO))
                .isInstanceOf(UnauthorizedException.class)
                .satisfies(e -> assertThat(e.code()).hasValue("invalid_api_key"));
        assertThat(refusal(site.openAi().apiKey(), HELLO))
                .isInstanceOf(UnauthorizedException.class);
        assertCostsNothing();
    }

    @Test
    void aMissingKeyIsUnauthorized() {
        HttpResponse<String> answer = site.web().get(site.v1("/models"));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(HttpTestClient.json(answer).at("/error/message").asText())
                .contains("didn't provide");
    }

    @Test
    void aRevokedKeyIsUnauthorizedFromTheNextCallOn() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        OpenAIClient client = site.sdk(bob.secret());
        assertThat(attempt(client, HELLO)).isNull();

        site.operator().revoke(bob.key().id());
        assertThat(attempt(client, HELLO))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("revoked");
        assertThat(site.operator().calls()).hasSize(1);
    }

    @Test
    void anExpiredKeyIsUnauthorized() {
        String expiry = site.clock().instant().plus(Duration.ofHours(1)).toString();
        CreatedKey bob =
                site.operator()
                        .createKey(
                                new KeyRequest(
                                        "bob", "5", null, null, expiry, null, null, null, null,
                                        null));
        OpenAIClient client = site.sdk(bob.secret());
        assertThat(attempt(client, HELLO)).isNull();

        site.clock().advance(Duration.ofHours(2));
        assertThat(attempt(client, HELLO))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("expired");
    }

    @Test
    void anExhaustedQuotaIsNotRetried() {
        CreatedKey bob = site.operator().createKey("bob", "0.02");
        assertThat(attempt(site.sdk(bob.secret()), SampleRequests.chat("[[tokens=1024]]")))
                .isNull();

        try (RetryRecorder retryRecorder = new RetryRecorder()) {
            OpenAIClient client = site.sdk(bob.secret(), retryRecorder, retryRecorder);
            assertThat(attempt(client, HELLO))
                    .isInstanceOfSatisfying(
                            RateLimitException.class,
                            e -> {
                                assertThat(e.code()).hasValue("insufficient_quota");
                                assertThat(e.type()).hasValue("insufficient_quota");
                                assertThat(e.headers().values("x-should-retry"))
                                        .containsExactly("false");
                            });
            assertThat(retryRecorder.requests()).isEqualTo(1);
        }
        assertThat(site.openAi().bill().entries()).hasSize(1);
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
    }

    @Test
    void tooManyRequestsInAMinuteAreRetriedWhenTheProxySays() {
        CreatedKey bob =
                site.operator()
                        .createKey(
                                new KeyRequest(
                                        "bob", "5", null, null, null, null, 1L, null, null, null));
        try (RetryRecorder retryRecorder = new RetryRecorder()) {
            OpenAIClient client = site.sdk(bob.secret(), retryRecorder, retryRecorder);
            // Three calls lie in at most two minutes, so one of them is the second in its minute.
            RateLimitException refused =
                    IntStream.range(0, 3)
                            .mapToObj(i -> attempt(client, HELLO))
                            .filter(RateLimitException.class::isInstance)
                            .map(RateLimitException.class::cast)
                            .findFirst()
                            .orElseThrow();
            assertThat(refused.code()).hasValue("rate_limit_exceeded");
            assertThat(Integer.parseInt(refused.headers().values("Retry-After").getFirst()))
                    .isBetween(1, 60);
            assertThat(retryRecorder.pauses()).isNotEmpty();
        }
    }

    @Test
    void aModelWithoutAPriceIsNotFound() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        assertThat(refusal(bob.secret(), SampleRequests.chat("gpt-99", "hello").build()))
                .isInstanceOf(NotFoundException.class)
                .satisfies(e -> assertThat(e.code()).hasValue("model_not_found"))
                .satisfies(e -> assertThat(e.param()).hasValue("model"));
        assertCostsNothing();
    }

    @Test
    void anUnknownPathIsNotFound() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        OpenAIClient lost = site.sdk(site.v1("/nowhere").toString(), bob.secret());
        assertThat(attempt(lost, HELLO))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("Unknown request URL");
        assertCostsNothing();
    }

    @Test
    void aModelThatTheKeyMayNotUseIsDenied() {
        List<String> models = List.of("gpt-4o-mini*");
        CreatedKey bob =
                site.operator()
                        .createKey(
                                new KeyRequest(
                                        "bob", "5", null, null, null, models, null, null, null,
                                        null));
        assertThat(refusal(bob.secret(), HELLO))
                .isInstanceOf(PermissionDeniedException.class)
                .satisfies(e -> assertThat(e.code()).hasValue("model_not_allowed"));
        assertCostsNothing();
        assertThat(
                        attempt(
                                site.sdk(bob.secret()),
                                SampleRequests.chat("gpt-4o-mini", "hi").build()))
                .isNull();
    }

    @Test
    void whatIsTheOperatorsAloneIsDenied() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        OpenAIClient client = site.sdk(bob.secret());
        assertThat(
                        catchThrowableOfType(
                                PermissionDeniedException.class,
                                () -> client.models().delete("gpt-4o")))
                .isNotNull();
        assertCostsNothing();
    }

    @Test
    void anotherUsersObjectIsAsMissingAsOneThatNeverWas() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        OpenAIClient client = site.sdk(bob.secret());
        assertThat(
                        catchThrowableOfType(
                                NotFoundException.class, () -> client.files().retrieve("file-x")))
                .hasMessageContaining("No such File object: file-x")
                .satisfies(e -> assertThat(e.param()).hasValue("id"))
                .satisfies(e -> assertThat(e.code()).isEmpty());
        assertThat(client.files().list().data()).isEmpty();
        assertCostsNothing();
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAsSuch() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        assertThat(refusal(bob.secret(), SampleRequests.chat("word ".repeat(5000))))
                .isInstanceOf(UnexpectedStatusCodeException.class)
                .satisfies(e -> assertThat(e.statusCode()).isEqualTo(413));
        assertCostsNothing();
        assertThat(attempt(site.sdk(bob.secret()), HELLO)).isNull();
    }

    @Test
    void aLimitThatIsNoNumberIsABadRequest() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        ChatCompletionCreateParams odd =
                SampleRequests.chat("gpt-4o", "hello")
                        .putAdditionalBodyProperty("max_tokens", JsonValue.from("many"))
                        .build();
        assertThat(refusal(bob.secret(), odd))
                .isInstanceOf(BadRequestException.class)
                .satisfies(e -> assertThat(e.param()).hasValue("max_tokens"));
        assertCostsNothing();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello | not valid JSON",
                "[] | ",
                "'' | empty",
                "{} | model",
                "{\"model\":\"gpt-4o-mini\",\"model\":\"gpt-4o\",\"messages\":[]} | Duplicate",
                "{\"model\":\"gpt-4o\",\"messages\":[]} x | not valid JSON"
            })
    void aBodyThatIsNotOneJsonObjectIsABadRequest(String body, @Nullable String why) {
        CreatedKey bob = site.operator().createKey("bob", "5");
        HttpResponse<String> answer =
                site.web().post(site.v1("/chat/completions"), bob.secret(), body);

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = HttpTestClient.json(answer).path("error");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("message").asText()).contains(why == null ? "" : why);
        assertCostsNothing();
    }
}
