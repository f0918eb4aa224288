package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.List;

/**
 * Handles {@code /v1/containers} and the paths below it. Starting a container charges its minimum
 * time.
 */
record ContainersHandler(SandboxState sandbox) {
    void create(HttpExchange exchange) {
        JsonNode body = exchange.json();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "containers");
        ApiError.throwIf(!body.hasNonNull("name"), ApiError.missing("name"));
        ApiError.throwIf(
                !Container.MEMORIES.contains(body.path("memory_limit").asText("1g")),
                ApiError.invalid("Invalid 'memory_limit'.", "memory_limit"));
        Directives directives = sandbox.directives(body.path("name").asText());
        call.failIfAsked("", directives);
        Container started = Container.of(sandbox, body);
        sandbox.objects(Container.class).put(started.id(), started);
        call.charge(
                new SandboxBill.ServedUsage("", "", TokenCounts.NONE, List.of(started.fee())),
                CallEnd.COMPLETE);
        exchange.send(started.json(), directives);
    }
}
