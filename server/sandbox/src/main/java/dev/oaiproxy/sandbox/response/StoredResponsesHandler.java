package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.stream.StreamSupport;

/** Handles stored responses: {@code /v1/responses/{id}} and the paths below it. */
record StoredResponsesHandler(ObjectStore<ResponseRun> responses) {
    private ResponseRun run(HttpExchange exchange) {
        return responses.get(exchange.segment(1), "Response");
    }

    void retrieve(HttpExchange exchange) {
        ResponseRun run = run(exchange);
        if (exchange.query("stream").orElse("").equals("true")) {
            int first = exchange.query("starting_after").map(Integer::parseInt).orElse(-1) + 1;
            run.follow(ResponseRun.stream(exchange, Directives.NONE), first);
        } else {
            exchange.send(200, run.json());
        }
    }

    void cancel(HttpExchange exchange) {
        ResponseRun run = run(exchange);
        ApiError.throwIf(
                !run.plan().request().background(),
                ApiError.invalid("Cannot cancel a synchronous response."));
        run.cancel();
        exchange.send(200, run.json());
    }

    void inputItems(HttpExchange exchange) {
        ArrayNode input = run(exchange).plan().request().input();
        exchange.sendPage(StreamSupport.stream(input.spliterator(), false).toList(), "desc");
    }
}
