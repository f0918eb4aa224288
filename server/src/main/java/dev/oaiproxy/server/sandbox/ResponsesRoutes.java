package dev.oaiproxy.server.sandbox;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.util.function.Consumer;
import java.util.function.Function;

/** The paths of responses and of all that they belong to. */
final class ResponsesRoutes {
    private final HttpRouting.Builder routing;
    private final Function<Consumer<Exchange>, Handler> guard;
    private final Sandbox sandbox;

    ResponsesRoutes(
            HttpRouting.Builder routing,
            Function<Consumer<Exchange>, Handler> guard,
            Sandbox sandbox) {
        this.routing = routing;
        this.guard = guard;
        this.sandbox = sandbox;
    }

    void add() {
        responses();
    }

    private void responses() {
        StoredResponses stored = new StoredResponses(sandbox.archive().responses());
        Compaction compaction = new Compaction(sandbox);
        routing.post("/v1/responses", guard.apply(new Responses(sandbox)::answer))
                .post("/v1/responses/compact", guard.apply(compaction::compact))
                .post("/v1/responses/input_tokens", guard.apply(compaction::count))
                .get("/v1/responses/{id}", guard.apply(stored::retrieve))
                .delete("/v1/responses/{id}", guard.apply(stored::delete))
                .post("/v1/responses/{id}/cancel", guard.apply(stored::cancel))
                .get("/v1/responses/{id}/input_items", guard.apply(stored::inputItems));
    }
}
