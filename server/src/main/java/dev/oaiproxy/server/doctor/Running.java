package dev.oaiproxy.server.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.Json;
import dev.oaiproxy.server.ServerConfig;
import dev.oaiproxy.server.Setting;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** Who has the port that a server started here would take. */
sealed interface Running {
    /** Nobody. */
    record Nobody() implements Running {}

    /** It cannot be had, whoever has it. */
    record Barred(String why) implements Running {}

    /** Another program. */
    record Stranger() implements Running {}

    /**
     * An oaiproxy.
     *
     * @param ready whether it takes calls
     * @param status what it says of itself; empty when it is not set up, or has another password
     */
    record Ours(boolean ready, Optional<AdminApi.Status> status) implements Running {}

    /** Looks. */
    static Running at(ServerConfig config) {
        String host = config.text(Setting.HOST);
        int port = config.number(Setting.PORT);
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
            return new Nobody();
        } catch (BindException e) {
            String why = String.valueOf(e.getMessage());
            return why.contains("in use") ? new Visit(config).result() : new Barred(why);
        } catch (IOException e) {
            return new Barred(String.valueOf(e.getMessage()));
        }
    }

    /** Asks who is there. The password is told to nobody who has not shown to be one of us. */
    final class Visit {
        private static final Duration PATIENCE = Duration.ofSeconds(5);
        private static final int OK = 200;
        private static final int NO_CONTENT = 204;
        private static final int UNAUTHORISED = 401;
        private static final int UNAVAILABLE = 503;
        private static final String ANYWHERE = "0.0.0.0";

        private final ServerConfig config;

        Visit(ServerConfig config) {
            this.config = config;
        }

        Running result() {
            try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
                int health = ask(http, "/health/ready", false).statusCode();
                HttpResponse<String> stranger = ask(http, AdminApi.STATUS, false);
                boolean ours =
                        stranger.body().contains("\"Not authorised\"")
                                || stranger.body().contains("\"Not set up\"");
                if (!ours || (health != NO_CONTENT && health != UNAVAILABLE)) {
                    return new Stranger();
                }
                return new Ours(
                        health == NO_CONTENT,
                        stranger.statusCode() == UNAUTHORISED && config.isSetUp()
                                ? status(ask(http, AdminApi.STATUS, true))
                                : Optional.empty());
            } catch (IOException e) {
                return new Stranger();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Stranger();
            }
        }

        private HttpResponse<String> ask(HttpClient http, String path, boolean known)
                throws IOException, InterruptedException {
            String host = config.text(Setting.HOST);
            String here = host.equals(ANYWHERE) ? "127.0.0.1" : host;
            String base = "http://" + (here.contains(":") ? "[" + here + "]" : here);
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(
                                    URI.create(base + ":" + config.number(Setting.PORT) + path))
                            .timeout(PATIENCE);
            if (known) {
                request.header("Authorization", "Basic " + login());
            }
            return http.send(request.build(), BodyHandlers.ofString());
        }

        private String login() {
            String pair =
                    config.text(Setting.PROXY_SERVER_USER)
                            + ":"
                            + config.text(Setting.PROXY_SERVER_PASS);
            return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        }

        /** One of another version may say it in another shape. */
        private static Optional<AdminApi.Status> status(HttpResponse<String> answer) {
            try {
                return answer.statusCode() == OK
                        ? Optional.of(Json.mapper().readValue(answer.body(), AdminApi.Status.class))
                        : Optional.empty();
            } catch (JsonProcessingException e) {
                return Optional.empty();
            }
        }
    }
}
