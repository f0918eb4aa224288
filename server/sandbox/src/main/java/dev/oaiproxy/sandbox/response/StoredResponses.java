package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.Shelf;
import dev.oaiproxy.sandbox.http.Exchange;
import dev.oaiproxy.sandbox.http.Page;
import dev.oaiproxy.sandbox.http.Problem;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/** {@code /v1/responses/{id}} and what is below it. */
final class StoredResponses {
    private final Shelf<ResponseRun> responses;

    StoredResponses(Shelf<ResponseRun> responses) {
        this.responses = responses;
    }

    private void found(Exchange exchange, Consumer<ResponseRun> action) {
        String id = exchange.segment(1);
        Optional<ResponseRun> run = responses.find(id);
        run.ifPresentOrElse(action, () -> exchange.refuse(Problem.notFound("Response", id)));
    }

    void retrieve(Exchange exchange) {
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

    private static void resume(Exchange exchange, ResponseRun run) {
        int first = exchange.query("starting_after").map(Integer::parseInt).orElse(-1) + 1;
        ResponseStream stream = new ResponseStream(exchange, Directives.NONE);
        stream.follow(run, first);
        stream.end(true);
    }

    void delete(Exchange exchange) {
        found(
                exchange,
                run -> {
                    responses.remove(run.plan().object());
                    exchange.send(200, Page.deleted(run.plan().object(), "response"));
                });
    }

    void cancel(Exchange exchange) {
        found(
                exchange,
                run -> {
                    if (run.plan().order().background()) {
                        run.cancel();
                        exchange.send(200, run.json());
                    } else {
                        exchange.refuse(
                                Problem.invalid("Cannot cancel a synchronous response.", null));
                    }
                });
    }

    void inputItems(Exchange exchange) {
        found(exchange, run -> exchange.send(200, Page.of(exchange, inputs(run), "desc")));
    }

    private static List<JsonNode> inputs(ResponseRun run) {
        return StreamSupport.stream(run.plan().order().input().spliterator(), false).toList();
    }
}
