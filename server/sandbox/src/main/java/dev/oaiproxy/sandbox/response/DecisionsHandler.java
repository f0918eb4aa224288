package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.chat.ChatRequest;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.model.PromptCache;
import dev.oaiproxy.sandbox.model.TextModel;

/** Handles {@code POST /v1/decisions}, which charges only the input. */
record DecisionsHandler(SandboxState sandbox) {
    private static final int PER_ANSWER = 4;

    void handle(HttpExchange exchange) {
        JsonNode body = exchange.json();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "decisions");
        new ResponseValidation(body, sandbox).check();
        ApiError.throwIf(body.path("questions").isEmpty(), ApiError.missing("questions"));
        TextModel model = TextModel.named(body.path("model").asText()).orElseThrow();
        JsonNode input = body.path("input");
        Directives directives =
                sandbox.directives(
                        input.isTextual() ? input.asText() : ChatRequest.userText(input));
        call.failIfAsked(model.snapshot(), directives);
        decide(call, model, body, directives);
    }

    /** Cached and output tokens appear in the usage but are not charged. */
    private void decide(BilledCall call, TextModel model, JsonNode body, Directives directives) {
        int input =
                sandbox.tokenizer().items(model, ResponseRequest.input(body.path("input"), sandbox))
                        + sandbox.tokenizer().count(model, body.path("questions").toString());
        call.charge(
                model.snapshot(),
                "default",
                new TokenCounts(input, 0, 0, 0, 0),
                directives.fault().ending());
        ObjectNode answer = newObject().put("model", model.snapshot());
        body.path("questions").forEach(asked -> answer.withArray("answers").add(answer(asked)));
        int output = PER_ANSWER * body.path("questions").size();
        directives.fault().addUsage(answer, usage(input, output, directives.fault()));
        call.exchange().send(answer, directives);
    }

    private static ObjectNode usage(int input, int output, InjectedFault fault) {
        int sign = fault.usageSign();
        int cacheable = PromptCache.cacheable(input);
        ObjectNode usage = newObject().put("input_tokens", sign * input);
        usage.putObject("input_tokens_details")
                .put("cached_tokens", fault == InjectedFault.BAD_USAGE ? input + 1 : 0)
                .put("cache_write_tokens", cacheable);
        usage.put("output_tokens", output);
        usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
        return usage.put("total_tokens", sign * input + output);
    }

    private static ObjectNode answer(JsonNode asked) {
        ObjectNode answer = newObject();
        answer.put("type", asked.path("type").asText());
        answer.put("name", asked.path("name").asText(null));
        switch (asked.path("type").asText()) {
            case "choice" -> choose(answer, asked.path("choices"));
            case "score" -> score(answer, asked.path("levels"));
            default -> answer.put("probability", 0.5);
        }
        return answer;
    }

    private static void choose(ObjectNode answer, JsonNode choices) {
        answer.set("choice", choices.path(0).path("value"));
        answer.put("confidence", 1.0).putArray("probabilities");
        for (JsonNode choice : choices) {
            answer.withArray("probabilities")
                    .addObject()
                    .put("probability", 1.0 / choices.size())
                    .set("value", choice.path("value"));
        }
    }

    private static void score(ObjectNode answer, JsonNode levels) {
        answer.put("score", 0.0).put("confidence", 1.0).putArray("probabilities");
        for (int i = 0; i < levels.size(); i++) {
            answer.withArray("probabilities")
                    .addObject()
                    .put("value", i)
                    .put("label", levels.path(i).path("label").asText())
                    .put("probability", 1.0 / levels.size());
        }
    }
}
