package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.model.TextModel;
import java.util.List;

/** Handles {@code POST /v1/completions}, the legacy text completions. */
record CompletionsHandler(SandboxState sandbox) {
    private static final int USUAL_LIMIT = 16;

    void handle(HttpExchange exchange) {
        JsonNode body = exchange.json();
        boolean stream = body.path("stream").asBoolean();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "completions", stream);
        check(body);
        ChatRequest request = request(body);
        Directives directives = sandbox.directives(request.userText());
        call.failIfAsked(request.model().snapshot(), directives);
        ChatPlan plan = ChatPlan.of(request, directives, sandbox);
        new CompletionSender(call, plan, json(body, plan, sandbox), () -> {}).send();
    }

    static TextCompletionJson json(JsonNode body, ChatPlan plan, SandboxState sandbox) {
        int shown = EmbeddingsHandler.inputs(body.path("prompt")).size() * body.path("n").asInt(1);
        return new TextCompletionJson(plan, shown, sandbox.nextId());
    }

    static void check(JsonNode body) {
        ApiError.throwIf(!body.isObject(), ApiError.notJson());
        String name = body.path("model").asText("");
        TextModel model = TextModel.named(name).orElseThrow(() -> ApiError.noSuchModel(name));
        ApiError.throwIf(
                !model.isLegacy(),
                ApiError.invalid(
                                "This is a chat model and not supported in the v1/completions"
                                        + " endpoint. Did you mean to use v1/chat/completions?",
                                "model")
                        .status(404));
        int best = body.path("best_of").asInt(1);
        ApiError.throwIf(
                best > 1 && (body.path("stream").asBoolean() || best < body.path("n").asInt(1)),
                ApiError.invalid("Invalid 'best_of'.", "best_of"));
        ApiError.throwIf(
                EmbeddingsHandler.inputs(body.path("prompt")).isEmpty(),
                ApiError.missing("prompt"));
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
