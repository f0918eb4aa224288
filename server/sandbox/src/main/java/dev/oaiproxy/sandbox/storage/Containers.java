package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Bill.Ending;
import dev.oaiproxy.sandbox.Bill.Tokens;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.Call;
import dev.oaiproxy.sandbox.call.Sandbox;
import dev.oaiproxy.sandbox.call.Shelf;
import dev.oaiproxy.sandbox.http.Exchange;
import dev.oaiproxy.sandbox.http.Page;
import dev.oaiproxy.sandbox.http.Problem;
import java.util.List;
import java.util.function.Consumer;

/** {@code /v1/containers} and what is below it; to start one costs its least time. */
final class Containers {
    private final Sandbox sandbox;
    private final Shelf<Container> all;

    Containers(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.all = sandbox.shelf(Container.class);
    }

    void create(Exchange exchange) {
        JsonNode order = exchange.body().orElse(MissingNode.getInstance());
        Call call = new Call(exchange, sandbox.bill(), "containers", false);
        if (!order.hasNonNull("name")) {
            call.refuse("", Problem.missing("name"));
        } else if (!Container.MEMORIES.contains(order.path("memory_limit").asText("1g"))) {
            call.refuse("", Problem.invalid("Invalid 'memory_limit'.", "memory_limit"));
        } else {
            Directives directives = sandbox.directives(order.path("name").asText());
            if (!call.failsEarly("", directives)) {
                start(call, order, directives);
            }
        }
    }

    private void start(Call call, JsonNode order, Directives directives) {
        Container started = Container.of(sandbox, order);
        all.put(started.id(), started);
        call.charge(new Call.Served("", "", Tokens.NONE, List.of(started.fee())), Ending.COMPLETE);
        call.exchange().send(started.json(), directives);
    }

    void list(Exchange exchange) {
        List<ObjectNode> listed = all.all().stream().map(Container::json).toList();
        exchange.send(200, Page.of(exchange, listed, "desc"));
    }

    private void found(Exchange exchange, Consumer<Container> action) {
        String id = exchange.segment(1);
        all.find(id)
                .ifPresentOrElse(action, () -> exchange.refuse(Problem.notFound("Container", id)));
    }

    void retrieve(Exchange exchange) {
        // To ask for it is a use.
        found(exchange, container -> exchange.send(200, container.used().json()));
    }

    void delete(Exchange exchange) {
        found(
                exchange,
                container -> {
                    all.remove(container.id());
                    exchange.send(200, Page.deleted(container.id(), "container.deleted"));
                });
    }
}
