package dev.oaiproxy.cli.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** The distribution's server as a process on its own folder, and the stand-in behind it. */
final class DistributionFixture implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final String ADMIN = "admin";
    private static final String PASSWORD = "correct horse battery";

    /** Options for a quick start: C2 and parallel collectors would not pay off. */
    private static final String QUICK = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m";

    private final Path home;
    private final Path logs;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final DistributionProcess sandbox;
    private final Map<String, String> settings = new HashMap<>();
    private DistributionProcess server;

    /** A server that is set up, and a stand-in. */
    DistributionFixture(Path folder) throws Exception {
        this(
                folder,
                "sk-sandbox",
                Map.of("PROXY_SERVER_USER", ADMIN, "PROXY_SERVER_PASS", PASSWORD));
        settings.put("OPENAI_API_KEY", "sk-sandbox");
        start();
    }

    private DistributionFixture(Path folder, String openAiKey, Map<String, String> more)
            throws Exception {
        home = Files.createDirectories(folder.resolve("home"));
        logs = Files.createDirectories(folder.resolve("logs"));
        Map<String, String> options = Map.of("OAIPROXY_JAVA_OPTS", QUICK);
        sandbox = DistributionProcess.start(logs, options, "sandbox", "--key", openAiKey);
        settings.put("OAIPROXY_JAVA_OPTS", QUICK);
        settings.put("OAIPROXY_HOME", home.toString());
        settings.put("OAIPROXY_HOST", "127.0.0.1");
        settings.put("OAIPROXY_PORT", "0");
        settings.put("OPENAI_BASE_URL", sandbox.address().toString());
        settings.putAll(more);
    }

    /** A server that waits for its first set-up, and a stand-in with its own key. */
    static DistributionFixture bare(Path folder, String openAiKey) throws Exception {
        DistributionFixture fixture = new DistributionFixture(folder, openAiKey, Map.of());
        fixture.start();
        return fixture;
    }

    /** Starts the server on the data of an earlier one. */
    void start() {
        server = DistributionProcess.start(logs, settings, "serve");
    }

    DistributionProcess server() {
        return server;
    }

    /** The output of the processes on stdout and stderr. */
    Path logs() {
        return logs;
    }

    Path home() {
        return home;
    }

    String createKey(String user) throws Exception {
        String order = "{\"user\":\"%s\"}".formatted(user);
        HttpRequest request = admin("/admin/v1/keys").POST(BodyPublishers.ofString(order)).build();
        return send(request).path("secret").asText();
    }

    /** The response of the admin API at a path. */
    JsonNode ask(String path) throws Exception {
        return send(admin(path).build());
    }

    /** The bill of the stand-in. */
    JsonNode bill() throws Exception {
        URI bill = sandbox.address().resolve("/sandbox/bill");
        return send(HttpRequest.newBuilder(bill).build()).path("data");
    }

    private HttpRequest.Builder admin(String path) throws Exception {
        byte[] login = (ADMIN + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8);
        return HttpRequest.newBuilder(server.address().resolve(path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login));
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new AssertionError(request + ": " + answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    @Override
    public void close() {
        http.shutdownNow();
        server.close();
        sandbox.close();
    }
}
