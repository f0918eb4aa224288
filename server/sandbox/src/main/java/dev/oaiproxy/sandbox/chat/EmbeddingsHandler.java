package dev.oaiproxy.sandbox.chat;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.model.TextModel;
import java.util.ArrayList;
import java.util.List;

/** Handles {@code POST /v1/embeddings}. */
record EmbeddingsHandler(SandboxState sandbox) {
    private static final int MOST_TOKENS = 8192;

    void handle(HttpExchange exchange) {
        JsonNode body = exchange.json();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "embeddings");
        check(body);
        TextModel model = TextModel.named(body.path("model").asText()).orElseThrow();
        List<JsonNode> inputs = inputs(body.path("input"));
        Directives directives = sandbox.directives(inputs.getFirst().asText(""));
        call.failIfAsked(model.snapshot(), directives);
        int tokens = tokens(model, body);
        ApiError.throwIf(tokens > MOST_TOKENS * inputs.size(), tooLong(tokens));
        if (!exchange.pause(sandbox.delay(directives))) {
            charge(call, model, 0, CallEnd.ABORTED);
            throw exchange.abort();
        }
        charge(call, model, tokens, directives.fault().ending());
        exchange.send(json(model, body, tokens, directives.fault()), directives);
    }

    private static void charge(BilledCall call, TextModel model, int tokens, CallEnd ending) {
        SandboxBill.TokenCounts used = new SandboxBill.TokenCounts(tokens, 0, 0, 0, 0);
        call.charge(model.snapshot(), "default", used, ending);
    }

    static void check(JsonNode body) {
        ApiError.throwIf(body.isMissingNode(), ApiError.notJson());
        String name = body.path("model").asText("");
        ApiError.throwIf(name.isEmpty(), ApiError.invalid("you must provide a model parameter"));
        ApiError.throwIf(
                TextModel.named(name).filter(TextModel::isEmbedding).isEmpty(),
                ApiError.noSuchModel(name));
        ApiError.throwIf(!body.has("input"), ApiError.missing("input"));
        ApiError.throwIf(
                inputs(body.path("input")).isEmpty(),
                ApiError.invalid("'$.input' is invalid.", "input"));
    }

    private static ApiError tooLong(int tokens) {
        return ApiError.invalid(
                "This model's maximum context length is %d tokens, however you requested %d tokens."
                        .formatted(MOST_TOKENS, tokens));
    }

    /** The inputs, one for each embedding, from a text, token ids, or a list of either. */
    static List<JsonNode> inputs(JsonNode input) {
        if (input.isTextual()) {
            return input.asText().isEmpty() ? List.of() : List.of(input);
        }
        if (input.path(0).isInt()) {
            return List.of(input);
        }
        List<JsonNode> all = new ArrayList<>();
        input.forEach(all::add);
        return all;
    }

    int tokens(TextModel model, JsonNode body) {
        return inputs(body.path("input")).stream().mapToInt(input -> count(model, input)).sum();
    }

    private int count(TextModel model, JsonNode input) {
        return input.isArray() ? input.size() : sandbox.tokenizer().count(model, input.asText());
    }

    static ObjectNode json(TextModel model, JsonNode body, int tokens, InjectedFault fault) {
        ObjectNode response = newObject().put("object", "list");
        ArrayNode all = response.putArray("data");
        boolean base64 = body.path("encoding_format").asText().equals("base64");
        int dimensions = body.path("dimensions").asInt(model.dimensions());
        for (JsonNode input : inputs(body.path("input"))) {
            EmbeddingVector vector = EmbeddingVector.of(input.toString(), dimensions);
            ObjectNode one =
                    all.addObject().put("object", "embedding").put("index", all.size() - 1);
            one.set("embedding", base64 ? vector.base64() : vector.floats());
        }
        response.put("model", model.snapshot());
        int sign = fault.usageSign();
        int total = fault == InjectedFault.BAD_USAGE ? tokens - 1 : tokens;
        fault.addUsage(
                response,
                newObject().put("prompt_tokens", sign * tokens).put("total_tokens", sign * total));
        return response;
    }
}
