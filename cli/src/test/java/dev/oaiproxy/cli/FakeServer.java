package dev.oaiproxy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A small server with prepared responses of the admin API, over real sockets. */
public final class FakeServer implements AutoCloseable {
    /** A response. */
    public record Reply(int status, Object body) {}

    /** A request of a client. */
    public record Asked(String line, String authorization, String body) {}

    private final HttpServer server;
    private final Map<String, Supplier<Reply>> replies = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    public FakeServer() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    /** Answers a request line, without its query, with a body. */
    public FakeServer on(String line, Object body) {
        replies.put(line, () -> new Reply(200, body));
        return this;
    }

    /** Answers with the current body, which may be a {@link Reply}. */
    public FakeServer onEach(String line, Supplier<Object> body) {
        replies.put(line, () -> reply(body.get()));
        return this;
    }

    public FakeServer refuse(String line, int status, String detail) {
        var problem = new AdminApi.Problem("about:blank", "Refused", status, detail);
        replies.put(line, () -> new Reply(status, problem));
        return this;
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    public List<Asked> asked() {
        return asked;
    }

    public Asked last() {
        return asked.getLast();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static Reply reply(Object body) {
        return body instanceof Reply reply ? reply : new Reply(200, body);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String method = exchange.getRequestMethod();
        String login =
                Objects.requireNonNullElse(
                        exchange.getRequestHeaders().getFirst("Authorization"), "");
        asked.add(new Asked(method + " " + exchange.getRequestURI(), login, body));
        String line = method + " " + exchange.getRequestURI().getRawPath();
        Reply reply =
                replies.getOrDefault(line, () -> new Reply(404, Map.of("nothing", "here"))).get();
        byte[] bytes = bytes(reply.body());
        exchange.getResponseHeaders().add("x-oaiproxy-call-id", "c1");
        exchange.sendResponseHeaders(reply.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static byte[] bytes(Object body) throws JsonProcessingException {
        return body instanceof String text
                ? text.getBytes(StandardCharsets.UTF_8)
                : Json.mapper().writeValueAsBytes(body);
    }
}
