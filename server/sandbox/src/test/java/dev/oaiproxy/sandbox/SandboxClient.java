package dev.oaiproxy.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A stand-in and its plain HTTP client, with the request bodies that tests need. */
public final class SandboxClient implements AutoCloseable {
    public static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final OpenAiStandIn standIn;

    private SandboxClient(OpenAiStandIn standIn) {
        this.standIn = standIn;
    }

    /** Starts a stand-in and its client. */
    public static SandboxClient start() {
        return new SandboxClient(OpenAiStandIn.start(StandInSettings.DEFAULT));
    }

    public OpenAiStandIn standIn() {
        return standIn;
    }

    public SandboxBill bill() {
        return standIn.bill();
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(standIn.baseUrl() + path))
                .header("Authorization", "Bearer " + standIn.apiKey());
    }

    public HttpRequest post(String path, String body) {
        return request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    }

    public HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, BodyHandlers.ofString());
    }

    /** A chat request with this user message and more members, such as {@code "n":2}. */
    public static String chat(String model, String text, String more) {
        return """
        {"model":"%s","messages":[{"role":"user","content":"%s"}]%s}\
        """
                .formatted(model, text, more.isEmpty() ? "" : "," + more);
    }

    public HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return send(post("/chat/completions", body));
    }

    public HttpResponse<InputStream> open(String body) throws IOException, InterruptedException {
        return http.send(post("/chat/completions", body), BodyHandlers.ofInputStream());
    }

    public JsonNode chat(String body) throws IOException, InterruptedException {
        return JSON.readTree(post(body).body());
    }

    /** The response to a POST with this body, or to a GET if it is empty. */
    public JsonNode json(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = body.isEmpty() ? request(path).build() : post(path, body);
        return JSON.readTree(send(request).body());
    }

    public JsonNode delete(String path) throws IOException, InterruptedException {
        return JSON.readTree(send(request(path).DELETE().build()).body());
    }

    /** A response request with this text and more members, such as {@code "stream":true}. */
    public static String response(String model, String text, String more) {
        return """
        {"model":"%s","input":"%s"%s}\
        """
                .formatted(model, text, more.isEmpty() ? "" : "," + more);
    }

    /** The payloads of a response's events. */
    public List<JsonNode> stream(String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = body.isEmpty() ? request(path).build() : post(path, body);
        return Arrays.stream(send(request).body().replace("\r\n", "\n").split("\n\n", -1))
                .map(SandboxClient::payload)
                .filter(event -> !event.isMissingNode())
                .toList();
    }

    private static JsonNode payload(String event) {
        String data =
                event.lines()
                        .filter(line -> line.startsWith("data: "))
                        .map(line -> line.substring("data: ".length()))
                        .collect(Collectors.joining("\n"));
        try {
            return data.isEmpty() ? MissingNode.getInstance() : JSON.readTree(data);
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    /** The payloads of a stream's events. */
    public List<String> events(String body) throws IOException, InterruptedException {
        return events(post(body).body().lines().toList());
    }

    public static List<String> events(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    @Override
    public void close() {
        http.close();
        standIn.close();
    }
}
