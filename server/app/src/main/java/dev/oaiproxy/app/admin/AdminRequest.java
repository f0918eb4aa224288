package dev.oaiproxy.app.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.api.AdminApi.Problem;
import dev.oaiproxy.api.Json;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.encoding.RequestBody;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** One request to the admin API and its answer. */
final class AdminRequest {
    private static final ObjectMapper JSON = Json.mapper();
    private static final int LARGEST_BODY = 1 << 20;
    private static final int LONGEST_PAGE = 1000;
    private static final int PAGE = 50;
    private static final int UNAUTHORISED = 401;
    private static final String SCHEME_END = "://";
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");

    private final ServerRequest request;
    private final ServerResponse response;
    private final Actor actor;
    private final ByteBudget memory;

    AdminRequest(ServerRequest request, ServerResponse response, Actor actor, ByteBudget memory) {
        this.request = request;
        this.response = response;
        this.actor = actor;
        this.memory = memory;
    }

    /** The operator who sends the request. */
    Actor actor() {
        return actor;
    }

    /** A variable segment of the path. */
    String segment(String name) {
        return request.path().pathParameters().get(name);
    }

    /** A parameter of the query; empty when it is missing or has no text. */
    Optional<String> parameter(String name) {
        return request.query().first(name).asOptional().filter(value -> !value.isEmpty());
    }

    /** The requested number of rows on a page of a list. */
    int limit() {
        String text = parameter("limit").orElse(Integer.toString(PAGE));
        int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > LONGEST_PAGE) {
            throw ProblemException.badRequest("limit must be 1 to " + LONGEST_PAGE);
        }
        return limit;
    }

    /** A parameter that is {@code true} or {@code false}; false when it is missing. */
    boolean flag(String name) {
        return switch (parameter(name).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ProblemException.badRequest(name + " must be true or false");
        };
    }

    /**
     * Refuses parameters that this path does not know, so that a misspelled filter is not ignored.
     */
    void allowParameters(String... known) {
        Set<String> names = Set.copyOf(Arrays.asList(known));
        for (String name : request.query().names()) {
            if (!names.contains(name)) {
                throw ProblemException.badRequest(
                        "unknown parameter '" + name + "'; known are " + String.join(", ", known));
            }
        }
    }

    /** The body as a record of the admin API; unknown members are refused. */
    <T> T body(Class<T> type) {
        ClientConnection.current().ifPresent(ClientConnection::recognize);
        // The record is small, so the lease ends with the reading.
        try (Lease lease = memory.lease();
                InputStream in = request.content().inputStream()) {
            T value = JSON.readValue(whole(in, lease), type);
            if (value == null) {
                throw ProblemException.badRequest("the body must be a JSON object");
            }
            return value;
        } catch (JsonProcessingException e) {
            // The message of the exception may quote the body, which may hold a password.
            throw ProblemException.badRequest(
                    "the body does not have the form that this path takes: line "
                            + (e.getLocation() == null ? 0 : e.getLocation().getLineNr())
                            + ", "
                            + path(e));
        } catch (IOException e) {
            throw new UncheckedIOException("the request body did not arrive", e);
        }
    }

    private byte[] whole(InputStream in, Lease lease) throws IOException {
        RequestBody body = new RequestBody(lease, Use.ADMIN, LARGEST_BODY);
        List<String> codings = request.headers().values(HeaderNames.CONTENT_ENCODING);
        return switch (body.read(in, 0, codings)) {
            case RequestBody.Result.Whole whole -> whole.bytes();
            case RequestBody.Result.TooLarge _ ->
                    throw new ProblemException(
                            413, "Too large", "a body may have at most " + LARGEST_BODY + " bytes");
            case RequestBody.Result.NoRoom _ ->
                    throw new ProblemException(
                            503,
                            "Busy",
                            "the server has no memory to spare; try again in a few seconds");
            case RequestBody.Result.Damaged damaged ->
                    throw ProblemException.badRequest(
                            "the body cannot be decoded as " + damaged.codings());
            case RequestBody.Result.UnknownCoding _ ->
                    throw new ProblemException(
                            415,
                            "Unsupported encoding",
                            "the Content-Encoding must be one of " + RequestBody.ACCEPTED);
        };
    }

    /**
     * Refuses a request that a page of another site sends through the browser of an operator, which
     * knows the password. A browser names the origin of a request, or sends a form's content type;
     * other clients do neither.
     */
    void requireOwnSite() {
        String site = header(FETCH_SITE).toLowerCase(Locale.ROOT);
        Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
        String host = header(HeaderNames.HOST);
        if (site.equals("cross-site")
                || origin.filter(named -> !host(named).equalsIgnoreCase(host)).isPresent()) {
            throw new ProblemException(
                    403,
                    "Forbidden",
                    "the request comes from a page of another site; send it from a program, or from"
                            + " a page of this server");
        }
    }

    /** A reverse proxy may end TLS, so the scheme is not compared. */
    private static String host(String origin) {
        int at = origin.indexOf(SCHEME_END);
        return at < 0 ? "" : origin.substring(at + SCHEME_END.length());
    }

    /** Refuses a body that is not JSON, even where it would not be read. */
    void requireJson() {
        String type = header(HeaderNames.CONTENT_TYPE).split(";", 2)[0].strip();
        if (request.content().hasEntity() && !type.equalsIgnoreCase("application/json")) {
            throw new ProblemException(
                    415,
                    "Unsupported media type",
                    "the body must be JSON; send it with Content-Type: application/json");
        }
    }

    private String header(HeaderName name) {
        return request.headers().first(name).orElse("");
    }

    void send(int status, Object body) {
        write(status, "application/json", body);
    }

    void send(Object body) {
        send(200, body);
    }

    void problem(ProblemException refusal) {
        Problem body = refusal.problem();
        if (body.status() == UNAUTHORISED) {
            response.header("WWW-Authenticate", "Basic realm=\"oaiproxy\", charset=\"UTF-8\"");
        }
        if (refusal.retryAfterSeconds() > 0) {
            response.header("Retry-After", Long.toString(refusal.retryAfterSeconds()));
        }
        write(body.status(), "application/problem+json", body);
    }

    private void write(int status, String type, Object body) {
        try {
            response.status(Status.create(status));
            response.header("Content-Type", type);
            response.header("Cache-Control", "no-store");
            response.send(JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String path(JsonProcessingException e) {
        return e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
                ? "member " + mapping.getPath().getLast().getFieldName()
                : "not valid JSON";
    }
}
