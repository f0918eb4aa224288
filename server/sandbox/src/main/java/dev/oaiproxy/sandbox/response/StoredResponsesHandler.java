package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.PagedList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/** Handles stored responses: {@code /v1/responses/{id}} and the paths below it. */
final class StoredResponsesHandler {
    private final ObjectStore<ResponseRun> responses;

    StoredResponsesHandler(ObjectStore<ResponseRun> responses) {
        this.responses = responses;
    }

    private void found(HttpExchange exchange, Consumer<ResponseRun> action) {
        String id = exchange.segment(1);
        Optional<ResponseRun> run = responses.find(id);
        run.ifPresentOrElse(action, () -> exchange.refuse(ApiError.notFound("Response", id)));
    }

    void retrieve(HttpExchange exchange) {
        found(
                exchange,
                run -> {
                    if (exchange.query("stream").orElse("").equals("true")) {
                        resume(exchange, run);
                    } else {
                        exchange.send(200, run.json());
                    }
                });
    }

    private static void resume(HttpExchange exchange, ResponseRun run) {
        int first = exchange.query("starting_after").map(Integer::parseInt).orElse(-1) + 1;
        ResponseEventStream stream = new ResponseEventStream(exchange, Directives.NONE);
        stream.follow(run, first);
        stream.end(true);
    }

    void delete(HttpExchange exchange) {
        found(
                exchange,
                run -> {
                    responses.remove(run.plan().object());
                    exchange.send(200, PagedList.deleted(run.plan().object(), "response"));
                });
    }

    void cancel(HttpExchange exchange) {
        found(
                exchange,
                run -> {
                    if (run.plan().request().background()) {
                        run.cancel();
                        exchange.send(200, run.json());
                    } else {
                        exchange.refuse(
                                ApiError.invalid("Cannot cancel a synchronous response.", null));
                    }
                });
    }

    void inputItems(HttpExchange exchange) {
        found(exchange, run -> exchange.send(200, PagedList.of(exchange, inputs(run), "desc")));
    }

    private static List<JsonNode> inputs(ResponseRun run) {
        return StreamSupport.stream(run.plan().request().input().spliterator(), false).toList();
    }
}
