package dev.oaiproxy.sandbox.http;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Registers the paths of the stand-in.
 *
 * @param guard wraps a handler with the check of the API key
 */
public record Routes(HttpRouting.Builder routing, Function<Consumer<HttpExchange>, Handler> guard) {
    public void get(String path, Consumer<HttpExchange> handler) {
        routing.get(path, guard.apply(handler));
    }

    public void post(String path, Consumer<HttpExchange> handler) {
        routing.post(path, guard.apply(handler));
    }

    public void delete(String path, Consumer<HttpExchange> handler) {
        routing.delete(path, guard.apply(handler));
    }
}
