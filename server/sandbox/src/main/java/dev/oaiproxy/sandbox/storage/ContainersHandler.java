package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.PagedList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Handles {@code /v1/containers} and the paths below it. Starting a container charges its minimum
 * time.
 */
final class ContainersHandler {
    private final SandboxState sandbox;
    private final ObjectStore<Container> all;

    ContainersHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
        this.all = sandbox.objects(Container.class);
    }

    void create(HttpExchange exchange) {
        JsonNode body = exchange.body().orElse(MissingNode.getInstance());
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "containers", false);
        if (!body.hasNonNull("name")) {
            call.refuse("", ApiError.missing("name"));
        } else if (!Container.MEMORIES.contains(body.path("memory_limit").asText("1g"))) {
            call.refuse("", ApiError.invalid("Invalid 'memory_limit'.", "memory_limit"));
        } else {
            Directives directives = sandbox.directives(body.path("name").asText());
            if (!call.failsEarly("", directives)) {
                start(call, body, directives);
            }
        }
    }

    private void start(BilledCall call, JsonNode body, Directives directives) {
        Container started = Container.of(sandbox, body);
        all.put(started.id(), started);
        call.charge(
                new BilledCall.ServedUsage("", "", TokenCounts.NONE, List.of(started.fee())),
                CallEnd.COMPLETE);
        call.exchange().send(started.json(), directives);
    }

    void list(HttpExchange exchange) {
        List<ObjectNode> listed = all.all().stream().map(Container::json).toList();
        exchange.send(200, PagedList.of(exchange, listed, "desc"));
    }

    private void found(HttpExchange exchange, Consumer<Container> action) {
        String id = exchange.segment(1);
        all.find(id)
                .ifPresentOrElse(action, () -> exchange.refuse(ApiError.notFound("Container", id)));
    }

    void retrieve(HttpExchange exchange) {
        // A retrieval counts as a use.
        found(exchange, container -> exchange.send(200, container.used().json()));
    }

    void delete(HttpExchange exchange) {
        found(
                exchange,
                container -> {
                    all.remove(container.id());
                    exchange.send(200, PagedList.deleted(container.id(), "container.deleted"));
                });
    }
}
