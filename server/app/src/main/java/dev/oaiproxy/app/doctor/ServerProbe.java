package dev.oaiproxy.app.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.Json;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.app.doctor.PortOwner.Account;
import dev.oaiproxy.app.tls.CertificateException;
import dev.oaiproxy.ledger.store.Store;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the program on the port what it is. Any program can answer as an oaiproxy does, so the
 * password is sent only while a process has the lock of this folder, and never through a proxy.
 */
final class ServerProbe {
    private static final long MOST_BYTES = 64L << 10;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int UNAUTHORISED = 401;
    private static final int UNAVAILABLE = 503;

    private final ServerConfig config;

    ServerProbe(ServerConfig config) {
        this.config = config;
    }

    PortOwner result() {
        HttpClient.Builder client =
                HttpClient.newBuilder()
                        .connectTimeout(PortOwner.PATIENCE)
                        .proxy(HttpClient.Builder.NO_PROXY);
        TlsChecks.files(config).ifPresent(files -> client.sslContext(files.read().pinned()));
        try (HttpClient http = client.build()) {
            try {
                return result(http);
            } finally {
                // Closing would wait for an answer that does not end.
                http.shutdownNow();
            }
        } catch (CertificateException told) {
            return new PortOwner.Stranger();
        } catch (TimeoutException e) {
            return new PortOwner.Silent();
        } catch (ExecutionException e) {
            return e.getCause() instanceof HttpTimeoutException
                    ? new PortOwner.Silent()
                    : new PortOwner.Stranger();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new PortOwner.Silent();
        }
    }

    private PortOwner result(HttpClient http)
            throws ExecutionException, InterruptedException, TimeoutException {
        int health = ask(http, request("/health/ready")).statusCode();
        HttpResponse<String> stranger = ask(http, request(AdminApi.STATUS));
        boolean ours =
                stranger.body().contains("\"Not authorised\"")
                        || stranger.body().contains("\"Not set up\"");
        if (!ours || (health != NO_CONTENT && health != UNAVAILABLE)) {
            return new PortOwner.Stranger();
        }
        return new PortOwner.Ours(health == NO_CONTENT, account(http, stranger.statusCode()));
    }

    private Account account(HttpClient http, int status)
            throws ExecutionException, InterruptedException, TimeoutException {
        if (status != UNAUTHORISED || !config.isSetUp()) {
            return new Account.None();
        }
        if (!Store.isServed(config.spool())) {
            return new Account.Unasked();
        }
        return told(
                ask(http, request(AdminApi.STATUS).header("Authorization", "Basic " + login())));
    }

    private HttpRequest.Builder request(String path) {
        String host = PortOwner.reachable(config);
        String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        String scheme = TlsChecks.files(config).isPresent() ? "https://" : "http://";
        URI uri = URI.create(scheme + bracketed + ":" + config.number(Setting.PORT) + path);
        return HttpRequest.newBuilder(uri).timeout(PortOwner.PATIENCE);
    }

    private static HttpResponse<String> ask(HttpClient http, HttpRequest.Builder request)
            throws ExecutionException, InterruptedException, TimeoutException {
        CompletableFuture<HttpResponse<String>> answer =
                http.sendAsync(
                        request.build(),
                        BodyHandlers.limiting(BodyHandlers.ofString(), MOST_BYTES));
        return answer.get(PortOwner.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private String login() {
        String pair =
                config.text(Setting.PROXY_SERVER_USER)
                        + ":"
                        + config.text(Setting.PROXY_SERVER_PASS);
        return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** Another version may have another shape of the status, but all have a version in it. */
    private static Account told(HttpResponse<String> answer) {
        if (answer.statusCode() != OK) {
            return new Account.WrongPassword();
        }
        try {
            JsonNode tree = Json.mapper().readTree(answer.body());
            return new Account.Told(tree.path("version").asText("unknown"), status(tree));
        } catch (JsonProcessingException e) {
            return new Account.Told("unknown", Optional.empty());
        }
    }

    private static Optional<AdminApi.Status> status(JsonNode tree) {
        try {
            return Optional.of(Json.mapper().treeToValue(tree, AdminApi.Status.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
