package dev.oaiproxy.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.api.AdminApi.KeyOrder;
import dev.oaiproxy.api.AdminApi.NewKey;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.api.AdminApi.Quota;
import dev.oaiproxy.api.AdminApi.Status;
import dev.oaiproxy.api.AdminApi.Usage;
import dev.oaiproxy.api.Json;
import dev.oaiproxy.base.Eventually;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An administrator at the admin API of a running server. */
public final class Operator {
    private static final ObjectMapper JSON = Json.mapper();

    private final Supplier<URI> server;
    private final HttpTestClient httpTestClient;
    private final String login;

    public Operator(Supplier<URI> server, HttpTestClient httpTestClient, String userAndPassword) {
        this.server = server;
        this.httpTestClient = httpTestClient;
        this.login =
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    /** A key with a quota for all time; null for none. */
    public NewKey createKey(String user, @Nullable String quotaUsd) {
        return createKey(new KeyOrder(user, quotaUsd, null, null, null, null, null, null, null));
    }

    public NewKey createKey(KeyOrder order) {
        return read(post(AdminApi.KEYS, order), new TypeReference<>() {});
    }

    public AdminApi.Key revoke(String id) {
        HttpRequest request = request(AdminApi.KEYS + "/" + id).DELETE().build();
        return read(httpTestClient.send(request), new TypeReference<>() {});
    }

    public Status status() {
        return read(get(AdminApi.STATUS), new TypeReference<>() {});
    }

    /** The newest calls, newest first. */
    public List<Call> calls() {
        List<Call> all = new ArrayList<>();
        String after = "";
        do {
            String path = AdminApi.CALLS + "?limit=1000" + after;
            Page<Call> page = read(get(path), new TypeReference<>() {});
            all.addAll(page.data());
            after = page.next() == null ? "" : "&after=" + page.next();
        } while (!after.isEmpty());
        return List.copyOf(all);
    }

    /** The newest calls, once there are so many and all of them have ended. */
    public List<Call> endedCalls(int count) {
        return Eventually.ask(
                this::calls,
                calls ->
                        calls.size() == count
                                && calls.stream().noneMatch(call -> call.state().equals("held")));
    }

    /** The newest calls of a key, newest first. */
    public List<Call> callsOf(NewKey key) {
        String query = "?key=" + key.key().id();
        Page<Call> page = read(get(AdminApi.CALLS + query), new TypeReference<>() {});
        return page.data();
    }

    /** The one call of a key, which must have ended. */
    public Call onlyCallOf(NewKey key) {
        List<Call> calls = callsOf(key);
        if (calls.size() != 1 || calls.getFirst().state().equals("held")) {
            throw new AssertionError("not one ended call: " + calls);
        }
        return calls.getFirst();
    }

    public CallDetail call(String id) {
        return read(get(AdminApi.CALLS + "/" + id), new TypeReference<>() {});
    }

    /** The call, once it has ended. */
    public CallDetail endedCall(String id) {
        return Eventually.ask(() -> call(id), found -> !found.call().state().equals("held"));
    }

    /**
     * A quota, and what is left of it.
     *
     * @param scope {@code everyone}, {@code user:NAME} or {@code key:PUBLIC_ID}
     */
    public Quota quota(String scope) {
        return read(get(AdminApi.QUOTAS + "/" + scope), new TypeReference<>() {});
    }

    /**
     * A table of usage.
     *
     * @param query such as {@code by=user}
     */
    public Usage usage(String query) {
        return read(get(AdminApi.USAGE + "?" + query), new TypeReference<>() {});
    }

    public HttpResponse<String> get(String pathAndQuery) {
        return httpTestClient.send(request(pathAndQuery).build());
    }

    public HttpResponse<String> post(String path, Object body) {
        return httpTestClient.send(request(path).POST(json(body)).build());
    }

    /** Changes something, as a text of JSON says. */
    public HttpResponse<String> patch(String path, String json) {
        BodyPublisher body = BodyPublishers.ofString(json);
        return httpTestClient.send(request(path).method("PATCH", body).build());
    }

    /** A request with the password, yet without a method. */
    public HttpRequest.Builder request(String pathAndQuery) {
        return HttpRequest.newBuilder(URI.create(server.get() + pathAndQuery))
                .header("Authorization", login)
                .header("Content-Type", "application/json");
    }

    private static BodyPublisher json(Object body) {
        try {
            return BodyPublishers.ofString(
                    body instanceof String text ? text : JSON.writeValueAsString(body));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static <T> T read(HttpResponse<String> answer, TypeReference<T> type) {
        try {
            if (answer.statusCode() / 100 == 2) {
                return JSON.readValue(answer.body(), type);
            }
        } catch (JsonProcessingException malformed) {
            throw new AssertionError("not as the admin API says: " + answer.body(), malformed);
        }
        throw new AssertionError(answer.statusCode() + ": " + answer.body());
    }
}
