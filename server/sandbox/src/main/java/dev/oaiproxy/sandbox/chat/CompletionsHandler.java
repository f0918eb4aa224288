package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.model.TextModel;
import java.util.List;
import java.util.Optional;

/** Handles {@code POST /v1/completions}, the legacy text completions. */
final class CompletionsHandler {
    private static final int USUAL_LIMIT = 16;

    private final SandboxState sandbox;

    CompletionsHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    void handle(HttpExchange exchange) {
        JsonNode body = exchange.json();
        boolean stream = body.path("stream").asBoolean();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "completions", stream);
        Optional<ApiError> problem = problem(body);
        if (problem.isPresent()) {
            call.refuse("", problem.get());
            return;
        }
        ChatRequest request = request(body);
        Directives directives = sandbox.directives(request.userText());
        if (!call.failsEarly(request.model().snapshot(), directives)) {
            ChatPlan plan = ChatPlan.of(request, directives, sandbox);
            new CompletionSender(call, plan, json(body, plan, sandbox), () -> {}).send();
        }
    }

    static TextCompletionJson json(JsonNode body, ChatPlan plan, SandboxState sandbox) {
        int shown = EmbeddingsHandler.inputs(body.path("prompt")).size() * body.path("n").asInt(1);
        return new TextCompletionJson(plan, shown, sandbox.nextId());
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
        return EmbeddingsHandler.inputs(body.path("prompt")).isEmpty()
                ? Optional.of(ApiError.missing("prompt"))
                : Optional.empty();
    }

    /** Every prompt has its own choices, and all candidates of {@code best_of} are charged. */
    ChatRequest request(JsonNode body) {
        TextModel model = TextModel.named(body.path("model").asText()).orElseThrow();
        List<JsonNode> prompts = EmbeddingsHandler.inputs(body.path("prompt"));
        int each = Math.max(body.path("n").asInt(1), body.path("best_of").asInt(1));
        return new ChatRequest(
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
