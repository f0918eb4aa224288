package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import java.time.Instant;
import java.util.Map;

/** The JSON of a response in each of its states. */
final class ResponseSnapshots {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Request fields that a response repeats, with their defaults. */
    private static final Map<String, JsonNode> ECHOED =
            Map.ofEntries(
                    Map.entry("background", JSON.booleanNode(false)),
                    Map.entry("frequency_penalty", JSON.numberNode(0.0)),
                    Map.entry("instructions", JSON.nullNode()),
                    Map.entry("max_output_tokens", JSON.nullNode()),
                    Map.entry("max_tool_calls", JSON.nullNode()),
                    Map.entry("metadata", JSON.objectNode()),
                    Map.entry("parallel_tool_calls", JSON.booleanNode(true)),
                    Map.entry("presence_penalty", JSON.numberNode(0.0)),
                    Map.entry("previous_response_id", JSON.nullNode()),
                    Map.entry("prompt_cache_key", JSON.nullNode()),
                    Map.entry("prompt_cache_retention", JSON.nullNode()),
                    Map.entry("safety_identifier", JSON.nullNode()),
                    Map.entry("store", JSON.booleanNode(true)),
                    Map.entry("temperature", JSON.numberNode(1.0)),
                    Map.entry("tool_choice", JSON.textNode("auto")),
                    Map.entry("tools", JSON.arrayNode()),
                    Map.entry("top_logprobs", JSON.numberNode(0)),
                    Map.entry("top_p", JSON.numberNode(1.0)),
                    Map.entry("truncation", JSON.textNode("disabled")));

    private static final ObjectNode PLAIN = JSON.objectNode().put("type", "text");

    private final ResponsePlan plan;
    private final long created = Instant.now().getEpochSecond();

    ResponseSnapshots(ResponsePlan plan) {
        this.plan = plan;
    }

    /** The response while it is in progress, or after it has been cancelled. */
    ObjectNode unfinished(String status) {
        ObjectNode body = JSON.objectNode();
        body.put("id", plan.object()).put("object", "response").put("created_at", created);
        body.put("status", status).putNull("completed_at");
        body.putNull("error").putNull("incomplete_details");
        body.put("model", plan.request().model().snapshot()).putArray("output");
        ECHOED.forEach((name, byDefault) -> body.set(name, echoed(name, byDefault)));
        String conversation = ResponseRequest.conversation(plan.request().body());
        if (!conversation.isEmpty()) {
            body.putObject("conversation").put("id", conversation);
        }
        body.put("service_tier", plan.tier());
        body.set("reasoning", reasoning());
        body.set("text", text());
        return body.putNull("usage").putNull("user");
    }

    private ObjectNode reasoning() {
        JsonNode asked = plan.request().body().path("reasoning");
        String byDefault = plan.request().model().isReasoning() ? "medium" : null;
        ObjectNode all = JSON.objectNode();
        all.put("effort", asked.path("effort").asText(byDefault));
        return all.put("summary", plan.request().isThoughtTold() ? "detailed" : null);
    }

    private ObjectNode text() {
        JsonNode asked = plan.request().body().path("text");
        ObjectNode all = JSON.objectNode();
        all.set("format", asked.path("format").isObject() ? asked.path("format") : PLAIN);
        return all.put("verbosity", asked.path("verbosity").asText("medium"));
    }

    private JsonNode echoed(String name, JsonNode byDefault) {
        JsonNode value = plan.request().body().path(name);
        return value.isMissingNode() || value.isNull() ? byDefault : value;
    }

    ObjectNode finished(ArrayNode output) {
        ObjectNode body = unfinished(plan.whole() ? "completed" : "incomplete");
        body.put("completed_at", Instant.now().getEpochSecond()).set("output", output);
        if (!plan.whole()) {
            body.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        return addUsage(body, plan.visible(), plan.items().size());
    }

    /** The response that failed after an event. */
    ObjectNode failed(ResponseEvent last) {
        ObjectNode body = unfinished("failed");
        body.putObject("error")
                .put("code", "server_error")
                .put("message", "An error occurred while processing your request.");
        return plan.directives().fault() == InjectedFault.FAILED_NO_USAGE
                ? body
                : addUsage(body, last.made(), last.items());
    }

    private ObjectNode addUsage(ObjectNode body, int made, int called) {
        if (plan.directives().fault() != InjectedFault.NO_USAGE) {
            body.set("usage", ResponseUsageJson.of(plan, plan.tokens(made, called)));
            body.set("tool_usage", ResponseUsageJson.ofTools(plan.items().subList(0, called)));
        }
        return body;
    }
}
