package dev.oaiproxy.sandbox.chat;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.List;

/** Handles {@code POST /v1/moderations}, which is free and flags nothing. */
record ModerationsHandler(SandboxState sandbox) {
    private static final List<String> CATEGORIES =
            List.of(
                    "harassment",
                    "harassment/threatening",
                    "hate",
                    "hate/threatening",
                    "illicit",
                    "illicit/violent",
                    "self-harm",
                    "self-harm/instructions",
                    "self-harm/intent",
                    "sexual",
                    "sexual/minors",
                    "violence",
                    "violence/graphic");

    void handle(HttpExchange exchange) {
        exchange.send(200, json(exchange.json()));
    }

    ObjectNode json(JsonNode body) {
        ApiError.throwIf(!body.has("input"), ApiError.missing("input"));
        JsonNode input = body.path("input");
        ObjectNode response = newObject();
        response.put("id", "modr-" + sandbox.nextId());
        response.put("model", body.path("model").asText("omni-moderation-latest"));
        int results = input.path(0).isTextual() ? input.size() : 1;
        for (int i = 0; i < results; i++) {
            response.withArray("results").add(result());
        }
        return response;
    }

    private static ObjectNode result() {
        ObjectNode result = newObject().put("flagged", false);
        for (String category : CATEGORIES) {
            result.withObject("/categories").put(category, false);
            result.withObject("/category_scores").put(category, 0.0001);
            result.withObject("/category_applied_input_types").withArray(category).add("text");
        }
        return result;
    }
}
