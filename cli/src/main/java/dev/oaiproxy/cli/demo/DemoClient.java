package dev.oaiproxy.cli.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.api.Json;
import dev.oaiproxy.cli.output.Failure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A user's program: it knows the base address and a key, and nothing else of the proxy. */
final class DemoClient {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DATA = "data: ";

    private final ObjectMapper mapper = Json.mapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;
    private final String key;

    DemoClient(URI server, String key) {
        this.server = server;
        this.key = key;
    }

    record ChatRequest(String model, String message, int maxTokens) {}

    /** An answer in one piece. */
    record DemoResponse(HttpResponse<String> response, JsonNode body) {
        int status() {
            return response.statusCode();
        }

        /** A header's value, or a dash. */
        String header(String name) {
            return response.headers().firstValue(name).orElse("-");
        }
    }

    DemoResponse chat(ChatRequest chat) {
        return whole(post("chat/completions", body(chat)));
    }

    DemoResponse embed(String model, String text) {
        ObjectNode body = mapper.createObjectNode().put("model", model).put("input", text);
        return whole(post("embeddings", body));
    }

    /** Streams a chat; gives each piece of the text as it comes, and returns the call's id. */
    String stream(ChatRequest chat, Consumer<String> piece) {
        return stream(chat, Long.MAX_VALUE, piece);
    }

    /** Streams a chat, and cuts the connection after some pieces; returns the call's id. */
    String hangUp(ChatRequest chat, long pieces) {
        return stream(chat, pieces, _ -> {});
    }

    private String stream(ChatRequest chat, long pieces, Consumer<String> piece) {
        HttpRequest request = post("chat/completions", body(chat).put("stream", true));
        HttpResponse<Stream<String>> response = send(request, BodyHandlers.ofLines());
        if (response.statusCode() != 200) {
            throw Failure.failed("the stream was refused: " + response.statusCode(), "see above");
        }
        try (Stream<String> lines = response.body()) {
            lines.filter(line -> line.startsWith(DATA + "{"))
                    .limit(pieces)
                    .map(line -> json(line.substring(DATA.length())))
                    .map(chunk -> chunk.at("/choices/0/delta/content").asText(""))
                    .forEach(piece);
        }
        return response.headers().firstValue(DemoScript.CALL_ID).orElse("");
    }

    String key() {
        return key;
    }

    private ObjectNode body(ChatRequest chat) {
        ObjectNode body = mapper.createObjectNode().put("model", chat.model());
        body.put("max_completion_tokens", chat.maxTokens());
        body.putArray("messages").addObject().put("role", "user").put("content", chat.message());
        return body;
    }

    private HttpRequest post(String path, ObjectNode body) {
        return HttpRequest.newBuilder(URI.create(server + "/v1/" + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
    }

    private DemoResponse whole(HttpRequest request) {
        HttpResponse<String> response = send(request, BodyHandlers.ofString());
        return new DemoResponse(response, json(response.body()));
    }

    private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw Failure.failed("the server did not answer", "see above");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.failed("interrupted", "start the demo again");
        }
    }

    private JsonNode json(String text) {
        try {
            return mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw Failure.failed("the server's answer is not JSON", "see above");
        }
    }
}
