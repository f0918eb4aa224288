import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that a call can be sent to: the upstream itself, a peer, or an oaiproxy.
 *
 * @param name in the tables
 * @param process what is measured
 * @param keys a file with a key on each line
 * @param headers what its calls need beside those of OpenAI's clients
 * @param upstream the port of the one that it asks
 * @param jvm null for peers
 */
record Target(
        String name,
        int port,
        ProcessHandle process,
        Path keys,
        List<String> headers,
        int upstream,
        Machine.@Nullable Jvm jvm) {
    static final ObjectMapper JSON = new ObjectMapper();
    static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String PASSWORD = "correct-horse-battery";

    boolean isOurs() {
        return jvm != null;
    }

    /** What it has cost so far. */
    Machine.Cost cost() {
        Machine.Cost cost = Machine.cost(process);
        return jvm == null
                ? cost
                : new Machine.Cost(cost.cpuMicros(), cost.switches(), jvm.allocated());
    }

    /** Waits until something answers. */
    static void await(int port, String path, Process process, Path log) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(5))
                        .build();
        for (int tries = 0; tries < 3000; tries++) {
            if (!process.isAlive()) {
                break;
            }
            try {
                int status =
                        HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
                if (status < 500) {
                    return;
                }
            } catch (IOException notYet) {
                // It does not listen yet.
            }
            Thread.sleep(10);
        }
        throw new IOException("does not answer on port " + port + ":\n" + Files.readString(log));
    }

    /** What a server on this machine answers. */
    static JsonNode get(int port, String path) throws Exception {
        HttpRequest ask =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
        return JSON.readTree(HTTP.send(ask, HttpResponse.BodyHandlers.ofString()).body());
    }

    /** Starts a process whose output goes to a file. */
    static Process start(Path log, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.redirectOutput(log.toFile());
        Process process = builder.start();
        Benchmark.RUNNING.add(process);
        return process;
    }

    /** An oaiproxy with its own folder, its own upstream and as many keys, each of its own user. */
    static Target oaiproxy(
            String name, int port, int upstream, int keys, Map<String, String> settings)
            throws Exception {
        Path home = Files.createDirectories(Benchmark.WORK.resolve("home-" + port));
        Path log = home.resolve("log");
        Process process = start(log, environment(home, port, upstream, settings), serve());
        await(port, "/health/ready", process, log);
        List<String> secrets = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            String body = "{\"user\":\"user" + i + "\",\"quota_usd\":\"100000\"}";
            secrets.add(admin(port, "POST", "/keys", body).get("secret").textValue());
        }
        Path file = Files.write(home.resolve("keys"), secrets);
        return new Target(
                name,
                port,
                process.toHandle(),
                file,
                List.of(),
                upstream,
                new Machine.Jvm(process.toHandle()));
    }

    static List<String> serve() {
        return List.of(Benchmark.DIST.resolve("bin/oaiproxy").toString(), "serve");
    }

    static Map<String, String> environment(
            Path home, int port, int upstream, Map<String, String> settings) {
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("OAIPROXY_HOME", home.toString());
        all.put("OAIPROXY_HOST", "127.0.0.1");
        all.put("OAIPROXY_PORT", Integer.toString(port));
        all.put("OAIPROXY_URL", "http://127.0.0.1:" + port);
        all.put("OPENAI_API_KEY", "sk-bench");
        all.put("OPENAI_BASE_URL", "http://127.0.0.1:" + upstream + "/v1");
        all.put("PROXY_SERVER_USER", "admin");
        all.put("PROXY_SERVER_PASS", PASSWORD);
        all.put("OAIPROXY_MAX_CONNECTIONS", "5000");
        // The launcher's own; and Helidon lets nobody deserialize, which JMX needs.
        all.put("OAIPROXY_JAVA_OPTS", "-XX:+UseG1GC -Xmx512m -Dhelidon.serialFilter.pattern=*");
        return all;
    }

    /** Asks the admin API of an oaiproxy. */
    static JsonNode admin(int port, String method, String path, String body) throws Exception {
        String login = "admin:" + PASSWORD;
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/admin/v1" + path))
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString(
                                                        login.getBytes(StandardCharsets.UTF_8)))
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(path + ": " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** Fails unless the ledger has each call at the upstream's count, and its audit passes. */
    void compareBill() throws Exception {
        JsonNode total = admin(port, "GET", "/usage?since=2020-01-01T00:00:00Z", "").get("total");
        JsonNode bill = get(upstream, "/bill");
        String charged =
                "%d calls, %d in, %d out"
                        .formatted(
                                total.get("calls").asLong(),
                                total.get("input_tokens").asLong(),
                                total.get("output_tokens").asLong());
        String billed =
                "%d calls, %d in, %d out"
                        .formatted(
                                bill.get("requests").asLong(),
                                bill.get("input").asLong(),
                                bill.get("output").asLong());
        JsonNode audit = admin(port, "GET", "/audit", "");
        if (!charged.equals(billed) || !audit.path("findings").isEmpty()) {
            throw new IllegalStateException(
                    name + ": charged " + charged + ", billed " + billed + ", audit " + audit);
        }
        System.out.println(name + ": the books balance, and equal the upstream's bill: " + billed);
    }
}
