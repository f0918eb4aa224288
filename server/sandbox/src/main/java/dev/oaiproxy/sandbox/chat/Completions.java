package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.model.TextModel;
import java.util.List;
import java.util.Optional;

/** {@code POST /v1/completions}, the one without a chat. */
final class Completions {
    private static final int USUAL_LIMIT = 16;

    private final SandboxState sandbox;

    Completions(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    void answer(HttpExchange exchange) {
        JsonNode body = exchange.body().orElse(MissingNode.getInstance());
        boolean stream = body.path("stream").asBoolean();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "completions", stream);
        Optional<ApiError> problem = problem(body);
        if (problem.isPresent()) {
            call.refuse("", problem.get());
            return;
        }
        ChatOrder order = order(body);
        Directives directives = sandbox.directives(order.userText());
        if (!call.failsEarly(order.model().snapshot(), directives)) {
            Generation generation = Generation.of(order, directives, sandbox);
            new Telling(call, generation, shapes(body, generation, sandbox), () -> {}).tell();
        }
    }

    static CompletionShapes shapes(JsonNode body, Generation generation, SandboxState sandbox) {
        int shown = Embeddings.inputs(body.path("prompt")).size() * body.path("n").asInt(1);
        return new CompletionShapes(generation, shown, sandbox.nextId());
    }

    static Optional<ApiError> problem(JsonNode body) {
        if (!body.isObject()) {
            return Optional.of(ApiError.notJson());
        }
        Optional<TextModel> model = TextModel.named(body.path("model").asText(""));
        if (model.isEmpty()) {
            return Optional.of(ApiError.noSuchModel(body.path("model").asText("")));
        }
        if (!model.get().isLegacy()) {
            return Optional.of(ApiError.notLegacy());
        }
        int best = body.path("best_of").asInt(1);
        if (best > 1 && (body.path("stream").asBoolean() || best < body.path("n").asInt(1))) {
            return Optional.of(ApiError.invalid("Invalid 'best_of'.", "best_of"));
        }
        return Embeddings.inputs(body.path("prompt")).isEmpty()
                ? Optional.of(ApiError.missing("prompt"))
                : Optional.empty();
    }

    /** Every prompt has its own choices, and all candidates for the best of them are paid for. */
    ChatOrder order(JsonNode body) {
        TextModel model = TextModel.named(body.path("model").asText()).orElseThrow();
        List<JsonNode> prompts = Embeddings.inputs(body.path("prompt"));
        int each = Math.max(body.path("n").asInt(1), body.path("best_of").asInt(1));
        return new ChatOrder(
                model,
                body.path("stream").asBoolean(),
                body.path("stream_options").path("include_usage").asBoolean(),
                false,
                prompts.size() * each,
                body.path("max_tokens").asInt(USUAL_LIMIT),
                0,
                "default",
                model.snapshot() + body.path("prompt"),
                prompts.stream().mapToInt(prompt -> count(model, prompt)).sum(),
                prompts.getFirst().asText(""),
                "");
    }

    private int count(TextModel model, JsonNode prompt) {
        return prompt.isArray() ? prompt.size() : sandbox.tokenizer().count(model, prompt.asText());
    }
}
