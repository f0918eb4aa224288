package dev.oaiproxy.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.SetupResult;
import dev.oaiproxy.api.Json;
import dev.oaiproxy.api.SetupRequest;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.metrics.Metrics;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreSettings;
import dev.oaiproxy.metering.price.book.Prices;
import dev.oaiproxy.metering.price.book.Processing;
import dev.oaiproxy.metering.price.book.ToolTokens;
import dev.oaiproxy.proxy.log.LimitedLog;
import dev.oaiproxy.proxy.log.RefusalLog;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.http1.Http1ClientRequest;
import io.helidon.webclient.http1.Http1ClientResponse;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.testing.junit5.DirectClient;
import io.helidon.webserver.testing.junit5.RoutingTest;
import io.helidon.webserver.testing.junit5.SetUpRoute;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Access to the handlers of the admin API, and their refusals, without a socket. */
@Tag("fast")
@RoutingTest
@SuppressWarnings("NullAway.Init") // JUnit has the routes set up before anything else.
final class AdminRoutesTest {
    private static final ObjectMapper JSON = Json.mapper();
    private static final String LOGIN = "admin:correct horse battery";
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");

    @TempDir private static Path home;
    private static Store store;
    private static Prices prices;
    private static LimitedLog log;
    private static AdminRoutes routes;
    private static Optional<AdminHandlers> handlers;

    private final DirectClient client;

    AdminRoutesTest(DirectClient client) {
        this.client = client;
    }

    /** A method and a path of a route; its path variables name nothing that exists. */
    record Route(String method, String path) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    @SetUpRoute
    static void routing(HttpRouting.Builder routing) {
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-03-10T12:00:00Z"));
        store =
                Store.open(
                        new StoreSettings(
                                home.resolve("ledger.db"), home.resolve("spool"), ZoneOffset.UTC),
                        clock);
        prices =
                Prices.open(
                        new Prices.Settings(
                                Checkout.file("config/prices.yaml"),
                                Processing.GLOBAL,
                                ToolTokens.Held.EXPECTED,
                                10),
                        clock);
        log = new LimitedLog(clock);
        handlers = Optional.of(handlers(clock));
        routes =
                new AdminRoutes(
                        () -> handlers,
                        new SetupHandler(AdminRoutesTest::setUp),
                        new MetricsHandler(new Metrics(), MetricsHandler.MetricsAccess.OPERATORS),
                        new ByteBudget(1 << 20),
                        new RefusalLog(log, _ -> {}));
        routes.routing(routing);
    }

    private static AdminHandlers handlers(InstantSource clock) {
        return new AdminHandlers(
                new AdminHandlers.Login("admin", "correct horse battery"),
                Optional.empty(),
                store,
                prices,
                clock,
                () -> {
                    throw ProblemException.notFound("no status here");
                });
    }

    private static SetupHandler.SetupOutcome setUp(SetupRequest setup) {
        return new SetupHandler.SetupOutcome.Done(new SetupResult(".env", "SQLite"));
    }

    @AfterAll
    static void close() {
        log.close();
        prices.close();
        store.close();
    }

    /** Resets the counts of failed logins, and marks the server as set up. */
    @BeforeEach
    void setUp() {
        handlers = Optional.of(handlers(InstantSource.system()));
    }

    /** All routes except the first set-up, which has no password yet. */
    private static List<Route> closedRoutes() {
        List<Route> all = new ArrayList<>();
        HttpRules rules =
                (HttpRules)
                        Proxy.newProxyInstance(
                                AdminRoutesTest.class.getClassLoader(),
                                new Class<?>[] {HttpRules.class},
                                (self, method, arguments) -> {
                                    String name = method.getName().toUpperCase(Locale.ROOT);
                                    String path = arguments[0].toString();
                                    all.add(
                                            new Route(
                                                    name.equals("ANY") ? "PUT" : name,
                                                    path.replaceAll("\\{.*}|\\*", "x")));
                                    return self;
                                });
        routes.routing(rules);
        all.remove(new Route("POST", AdminApi.SETUP));
        return List.copyOf(all);
    }

    /** A response; the body is read before the connection ends. */
    private record TextResponse(int status, String type, Optional<String> challenge, String body) {
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (JsonProcessingException e) {
                throw new AssertionError(body, e);
            }
        }
    }

    private TextResponse send(Route route, Consumer<Http1ClientRequest> headers, String body) {
        Http1ClientRequest request =
                client.method(Method.create(route.method())).path(route.path());
        headers.accept(request);
        try (Http1ClientResponse response =
                body.isEmpty() ? request.request() : request.submit(body)) {
            return new TextResponse(
                    response.status().code(),
                    response.headers().first(HeaderNames.CONTENT_TYPE).orElse(""),
                    response.headers().first(HeaderNames.WWW_AUTHENTICATE),
                    response.as(String.class));
        }
    }

    /** The admin events that pass one filter. */
    private String events(String filter, String value) {
        Consumer<Http1ClientRequest> filtered =
                login(LOGIN).andThen(request -> request.queryParam(filter, value));
        return send(new Route("GET", AdminApi.EVENTS), filtered, "").body();
    }

    private TextResponse get(String path) {
        return send(new Route("GET", path), login(LOGIN), "");
    }

    private static Consumer<Http1ClientRequest> login(String userAndPassword) {
        byte[] bytes = userAndPassword.getBytes(StandardCharsets.UTF_8);
        return header(
                HeaderNames.AUTHORIZATION, "Basic " + Base64.getEncoder().encodeToString(bytes));
    }

    private static Consumer<Http1ClientRequest> header(HeaderName name, String value) {
        return request -> request.header(name, value);
    }

    private static Consumer<Http1ClientRequest> json() {
        return login(LOGIN).andThen(header(HeaderNames.CONTENT_TYPE, "application/json"));
    }

    private static void assertProblem(TextResponse answer, int status) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.type()).isEqualTo("application/problem+json");
        assertThat(answer.json().path("type").asText()).isEqualTo("about:blank");
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        assertThat(answer.json().path("title").asText()).isNotEmpty();
        assertThat(answer.json().path("detail").asText()).isNotEmpty();
    }

    @Test
    void knowsAllRoutesThatItIsToKeepClosed() {
        assertThat(closedRoutes())
                .hasSizeGreaterThan(15)
                .contains(
                        new Route("GET", "/metrics"),
                        new Route("DELETE", AdminApi.KEYS + "/x"),
                        new Route("POST", AdminApi.CALLS + "/x/adjustments"));
    }

    @ParameterizedTest
    @MethodSource("closedRoutes")
    void isClosedWithoutThePassword(Route route) {
        TextResponse answer = send(route, _ -> {}, "");
        assertProblem(answer, 401);
        assertThat(answer.challenge()).contains("Basic realm=\"oaiproxy\", charset=\"UTF-8\"");
    }

    @ParameterizedTest
    @MethodSource("closedRoutes")
    void isClosedToAWrongPassword(Route route) {
        assertProblem(send(route, login("admin:guess"), ""), 401);
    }

    @ParameterizedTest
    @MethodSource("closedRoutes")
    void isClosedToPagesOfOtherSitesThatKnowThePassword(Route route) {
        TextResponse answer =
                send(
                        route,
                        login(LOGIN).andThen(header(HeaderNames.ORIGIN, "http://evil.example")),
                        "");
        assertProblem(answer, 403);
        assertThat(answer.challenge()).isEmpty();
        assertProblem(send(route, login(LOGIN).andThen(header(FETCH_SITE, "cross-site")), ""), 403);
    }

    @ParameterizedTest
    @MethodSource("closedRoutes")
    void takesNothingBeforeItIsSetUp(Route route) {
        handlers = Optional.empty();
        TextResponse answer = send(route, login(LOGIN), "");
        assertProblem(answer, 503);
        assertThat(answer.body()).contains("oaiproxy setup");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                AdminApi.USERS,
                AdminApi.KEYS,
                AdminApi.QUOTAS,
                AdminApi.QUOTAS + "/everyone",
                AdminApi.USAGE,
                AdminApi.CALLS,
                AdminApi.PRICES,
                AdminApi.AUDIT,
                AdminApi.EVENTS
            })
    void isOpenToThePassword(String path) {
        TextResponse answer = get(path);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.type()).isEqualTo("application/json");
        assertThat(answer.json().isObject()).isTrue();
    }

    @Test
    void isOpenToItsOwnPages() {
        TextResponse answer =
                send(
                        new Route("GET", AdminApi.KEYS),
                        login(LOGIN)
                                .andThen(header(HeaderNames.ORIGIN, "http://helidon-unit:65000"))
                                .andThen(header(FETCH_SITE, "same-origin")),
                        "");
        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void showsMetricsToThePassword() {
        assertThat(get("/metrics").type()).isEqualTo(Metrics.CONTENT_TYPE);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nowhere",
        "GET, /keys/x/y",
        "PUT, /keys",
        "DELETE, /quotas/everyone",
        "POST, /status",
        "GET, /keys/abcdefgh",
        "GET, /calls/x",
        "GET, /quotas/user:nobody"
    })
    void doesNotFindWhatIsNotThere(String method, String path) {
        assertProblem(send(new Route(method, AdminApi.ROOT + path), login(LOGIN), ""), 404);
    }

    @Test
    void leavesPathsOutsideOfTheAdminApiToOthers() {
        assertThat(get("/v1/models").type()).isNotEqualTo("application/problem+json");
    }

    @Test
    void makesAKeyAndShowsItAndRevokesIt() {
        TextResponse made =
                send(
                        new Route("POST", AdminApi.KEYS),
                        json(),
                        """
                        {"user": "bob", "quota_usd": "5"}""");
        assertThat(made.status()).isEqualTo(201);
        String path = AdminApi.KEYS + "/" + made.json().at("/key/id").asText();

        assertThat(get(path).json().path("user").asText()).isEqualTo("bob");
        assertThat(get(AdminApi.KEYS).body()).contains("bob").doesNotContain("sk-oap-");

        TextResponse revoked = send(new Route("DELETE", path), login(LOGIN), "");
        assertThat(revoked.status()).isEqualTo(200);
        assertThat(get(AdminApi.EVENTS).body()).contains("key.create").contains("key.revoke");
        assertThat(events("action", "key.revoke"))
                .contains("key.revoke")
                .doesNotContain("key.create");
        assertThat(events("action", "key")).contains("key.create", "key.revoke");
        assertThat(events("action", "ke")).contains("\"data\":[]");
        assertThat(events("actor", "nobody")).contains("\"data\":[]");
        assertThat(events("subject", "user:nobody")).contains("\"data\":[]");
        assertThat(events("since", "2999-01-01T00:00:00Z")).contains("\"data\":[]");
        assertThat(events("until", "1999-01-01T00:00:00Z")).contains("\"data\":[]");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"user\":\"ann\",\"qouta_usd\":\"5\"}', 400",
        "'{\"user\":\"ann\",\"quota_usd\":5}', 400",
        "'{\"quota_usd\":\"5\"}', 400",
        "'{\"user\":\"ann\"} x', 400",
        "'null', 400"
    })
    void refusesABodyThatItDoesNotUnderstand(String body, int status) {
        assertProblem(send(new Route("POST", AdminApi.KEYS), json(), body), status);
        assertThat(get(AdminApi.USERS).body()).doesNotContain("ann");
    }

    @Test
    void refusesABodyThatIsNoJson() {
        TextResponse answer =
                send(
                        new Route("POST", AdminApi.KEYS),
                        login(LOGIN).andThen(header(HeaderNames.CONTENT_TYPE, "text/plain")),
                        "{\"user\":\"ann\"}");
        assertProblem(answer, 415);
    }

    @Test
    void refusesABodyThatIsTooLarge() {
        String name = "n".repeat(1 << 20);
        assertProblem(
                send(new Route("POST", AdminApi.KEYS), json(), "{\"user\":\"" + name + "\"}"), 413);
    }

    @Test
    void stopsListeningToWhoeverGuesses() {
        for (int tries = 0; tries < 10; tries++) {
            assertProblem(send(new Route("GET", AdminApi.KEYS), login("admin:" + tries), ""), 401);
        }
        assertProblem(get(AdminApi.KEYS), 429);
    }

    @Test
    void takesTheFirstSetUpFromTheMachineItselfOnly() {
        handlers = Optional.empty();
        assertProblem(send(new Route("POST", AdminApi.SETUP), json(), "{}"), 403);
    }
}
