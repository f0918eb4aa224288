package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.time.Instant;

/** Handles {@code POST /v1/responses/compact} and {@code POST /v1/responses/input_tokens}. */
record CompactionHandler(SandboxState sandbox) {
    void compact(HttpExchange exchange) {
        JsonNode body = exchange.json();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "responses/compact");
        ResponseRequest request = request(body);
        Directives directives = sandbox.directives(request.userText());
        String model = request.model().snapshot();
        call.failIfAsked(model, directives);
        ResponsePlan plan = ResponsePlan.of(request, directives, sandbox);
        TokenCounts tokens = plan.tokens();
        call.charge(model, plan.tier(), tokens, directives.fault().ending());
        exchange.send(json(plan, tokens), directives);
    }

    private ResponseRequest request(JsonNode body) {
        new ResponseValidation(body, sandbox).check();
        return ResponseRequest.of(body, ResponsesHandler.context(body, sandbox), sandbox);
    }

    private static ObjectNode json(ResponsePlan plan, TokenCounts tokens) {
        ObjectNode body = newObject();
        body.put("id", plan.object()).put("object", "response.compaction");
        body.put("created_at", Instant.now().getEpochSecond());
        for (JsonNode item : plan.request().input()) {
            if (item.path("role").asText().equals("user")) {
                body.withArray("output").add(item);
            }
        }
        body.withArray("output")
                .addObject()
                .put("id", "cmp_" + plan.id())
                .put("type", "compaction")
                .put("encrypted_content", "c2FuZGJveA==");
        plan.directives().fault().addUsage(body, ResponseUsageJson.of(plan, tokens));
        return body;
    }

    /** Counts the input tokens as a response would, free of charge. */
    void count(HttpExchange exchange) {
        exchange.send(
                200,
                newObject()
                        .put("object", "response.input_tokens")
                        .put("input_tokens", request(exchange.json()).inputTokens()));
    }
}
