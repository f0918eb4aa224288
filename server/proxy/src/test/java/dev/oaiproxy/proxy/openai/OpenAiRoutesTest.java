package dev.oaiproxy.proxy.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.ledger.key.ClientSecrets;
import dev.oaiproxy.ledger.key.KeyRing;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.proxy.log.LimitedLog;
import dev.oaiproxy.proxy.log.RefusalLog;
import dev.oaiproxy.proxy.relay.RelayFixture;
import dev.oaiproxy.proxy.relay.ScriptedOpenAi;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import dev.oaiproxy.proxy.upstream.UpstreamSettings;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketClient;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.http1.Http1ClientRequest;
import io.helidon.webclient.http1.Http1ClientResponse;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.testing.junit5.DirectClient;
import io.helidon.webserver.testing.junit5.RoutingTest;
import io.helidon.webserver.testing.junit5.SetUpRoute;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operation and the key of a request, and its refusals; without a socket. */
@Tag("fast")
@RoutingTest
@SuppressWarnings("NullAway.Init") // JUnit has the routes set up before anything else.
final class OpenAiRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final InstantSource CLOCK = InstantSource.system();
    private static final int LARGEST_BODY = 4096;
    private static final String CHAT =
            """
            {"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}""";
    private static final String COMPLETION =
            """
            {"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4o-mini","choices":[],\
            "usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}""";

    @TempDir private static Path home;
    private static RelayFixture fixture;
    private static LimitedLog log;
    private static WebSocketClient webSocketClient;
    private static Optional<OpenAiRoutes.Service> service;
    private static String key;

    private final DirectClient client;

    OpenAiRoutesTest(DirectClient client) {
        this.client = client;
    }

    @SetUpRoute
    static void routing(HttpRouting.Builder routing) {
        fixture = new RelayFixture(home, new ScriptedOpenAi(OpenAiRoutesTest::answer));
        log = new LimitedLog(CLOCK);
        webSocketClient =
                new WebSocketClient(
                        new UpstreamSettings(
                                URI.create("http://127.0.0.1:1/v1"),
                                "sk-none",
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1),
                                1));
        key = fixture.keyFor("ann").reveal();
        new OpenAiRoutes(
                        () -> service,
                        LARGEST_BODY,
                        new ByteBudget(1 << 20),
                        new RefusalErrors(
                                new RefusalLog(log, _ -> {}), Optional.empty(), Optional.empty()))
                .routing(routing);
    }

    private static UpstreamResponse answer(UpstreamRequest request) {
        return ScriptedOpenAi.answer(200, ScriptedOpenAi.JSON, COMPLETION);
    }

    @BeforeEach
    void setUp() {
        Store store = fixture.store();
        KeyRing keys = new KeyRing(store.keys()::find, CLOCK, new ClientSecrets("sk", CLOCK));
        service =
                Optional.of(
                        new OpenAiRoutes.Service(
                                fixture.relay(),
                                fixture.webSocketRelay(webSocketClient),
                                new MeHandler(
                                        keys,
                                        store.quotas(),
                                        store.usage(),
                                        store.calls(),
                                        CLOCK,
                                        Optional.empty())));
    }

    @AfterAll
    static void close() {
        webSocketClient.close();
        fixture.close();
        log.close();
    }

    /** A response; its body is read before the connection ends. */
    private record TextResponse(int status, String type, String body) {
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (JsonProcessingException e) {
                throw new AssertionError(body, e);
            }
        }

        String errorCode() {
            return json().at("/error/code").asText();
        }
    }

    private TextResponse send(
            String method, String path, Consumer<Http1ClientRequest> headers, String body) {
        Http1ClientRequest request = client.method(Method.create(method)).path(path);
        headers.accept(request);
        if (!body.isEmpty()) {
            request.header(HeaderNames.CONTENT_TYPE, "application/json");
        }
        try (Http1ClientResponse response =
                body.isEmpty() ? request.request() : request.submit(body)) {
            return new TextResponse(
                    response.status().code(),
                    response.headers().first(HeaderNames.CONTENT_TYPE).orElse(""),
                    response.as(String.class));
        }
    }

    private static Consumer<Http1ClientRequest> header(String name, String value) {
        HeaderName headerName = HeaderNames.create(name);
        return request -> request.header(headerName, value);
    }

    private static Consumer<Http1ClientRequest> bearer() {
        return header("Authorization", "Bearer " + key);
    }

    private static void assertError(TextResponse answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.type()).isEqualTo("application/json");
        assertThat(answer.json().at("/error/message").asText()).isNotEmpty();
        assertThat(answer.json().at("/error/type").asText()).isNotEmpty();
        assertThat(answer.errorCode()).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "authorization"})
    void relaysACallWithTheKeyInAHeader(String name) {
        TextResponse answer =
                send("POST", "/v1/chat/completions", header(name, "Bearer " + key), CHAT);
        assertThat(answer).isEqualTo(new TextResponse(200, "application/json", COMPLETION));
    }

    @ParameterizedTest
    @ValueSource(strings = {"api-key", "x-api-key"})
    void relaysACallWithTheKeyInAHeaderOfOtherClients(String name) {
        assertThat(send("POST", "/v1/chat/completions", header(name, key), CHAT).body())
                .isEqualTo(COMPLETION);
    }

    @Test
    void relaysACallWithTheKeyInThePath() {
        TextResponse answer = send("POST", "/" + key + "/v1/chat/completions", _ -> {}, CHAT);
        assertThat(answer.body()).isEqualTo(COMPLETION);
    }

    @Test
    void prefersTheKeyOfThePath() {
        String path = "/sk-oap-abcdefgh-none/v1/chat/completions";
        assertError(send("POST", path, bearer(), CHAT), 401, "invalid_api_key");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /",
        "GET, /v2/models",
        "POST, /chat/completions",
        "GET, /favicon.ico",
        "DELETE, /v1"
    })
    void hasNothingAtOtherPaths(String method, String path) {
        assertError(send(method, path, bearer(), ""), 404, "unknown_url");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/nowhere",
        "POST, /v1/chat/completions/x/y/z",
        "OPTIONS, /v1/chat/completions",
        "PUT, /v1/chat/completions"
    })
    void asksForAKeyBeforeItSaysWhatThereIs(String method, String path) {
        assertThat(send(method, path, _ -> {}, "").status()).isEqualTo(401);
    }

    @Test
    void refusesAnOperationThatItDoesNotKnow() {
        assertError(send("POST", "/v1/nowhere", bearer(), "{}"), 404, "unknown_url");
    }

    @Test
    void refusesAMethodThatAnOperationDoesNotHave() {
        assertThat(send("OPTIONS", "/v1/chat/completions", bearer(), "").status()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk-proj-someoneelse", "sk-oap-abcdefgh-none", "x"})
    void refusesAKeyThatIsNotOurs(String wrong) {
        TextResponse answer =
                send(
                        "POST",
                        "/v1/chat/completions",
                        header("Authorization", "Bearer " + wrong),
                        CHAT);
        assertError(answer, 401, "invalid_api_key");
        assertThat(answer.body()).doesNotContain(wrong + "\"");
    }

    @Test
    void refusesABodyThatIsTooLarge() {
        String body = CHAT.replace("Hi", "Hi ".repeat(LARGEST_BODY));
        assertThat(send("POST", "/v1/chat/completions", bearer(), body).status()).isEqualTo(413);
    }

    @Test
    void takesNothingBeforeItIsSetUp() {
        service = Optional.empty();
        TextResponse answer = send("POST", "/v1/chat/completions", bearer(), CHAT);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().at("/error/message").asText()).contains("oaiproxy setup");
    }

    @Test
    void tellsAHolderOfTheKey() {
        TextResponse me = send("GET", "/me", bearer(), "");
        assertThat(me.json().path("user").asText()).isEqualTo("ann");
        assertThat(me.json().at("/key_quota/limit_usd").asText()).startsWith("10");
        assertThat(send("GET", "/" + key + "/me", _ -> {}, "").json()).isEqualTo(me.json());
    }

    @Test
    void tellsNobodyElse() {
        assertThat(send("GET", "/me", _ -> {}, "").status()).isEqualTo(401);
        assertThat(send("POST", "/me", bearer(), "{}").status()).isEqualTo(405);
    }
}
