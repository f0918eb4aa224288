package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BatchResponse;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.model.TextModel;
import java.util.List;

/** Answers the chat, completion, embedding and moderation requests of a batch. */
public record BatchedChats(SandboxState sandbox) {
    public BatchResponse answer(String endpoint, JsonNode body) {
        return switch (endpoint) {
            case "/v1/embeddings" -> embed(body);
            case "/v1/completions" -> complete(body);
            case "/v1/moderations" -> moderate(body);
            default -> chat(body);
        };
    }

    private BatchResponse chat(JsonNode body) {
        new ChatValidation(body).check();
        ChatRequest request = ChatRequest.of(body, sandbox.tokenizer());
        Directives directives = Directives.parse(request.userText());
        BatchResponse.failIfAsked(directives);
        ChatPlan plan = ChatPlan.of(request, directives, sandbox);
        return BatchResponse.good(
                new ChatCompletionJson(plan, sandbox.nextId()).completion(),
                served(request.model(), plan.allTokens()));
    }

    private BatchResponse complete(JsonNode body) {
        CompletionsHandler.check(body);
        ChatRequest request = new CompletionsHandler(sandbox).request(body);
        ChatPlan plan = ChatPlan.of(request, Directives.parse(request.userText()), sandbox);
        return BatchResponse.good(
                CompletionsHandler.json(body, plan, sandbox).completion(),
                served(request.model(), plan.allTokens()));
    }

    private BatchResponse moderate(JsonNode body) {
        return BatchResponse.good(
                new ModerationsHandler(sandbox).json(body), ServedUsage.nothing(""));
    }

    private static ServedUsage served(TextModel model, TokenCounts tokens) {
        return new ServedUsage(model.snapshot(), "default", tokens, List.of());
    }

    private BatchResponse embed(JsonNode body) {
        EmbeddingsHandler.check(body);
        TextModel model = TextModel.named(body.path("model").asText()).orElseThrow();
        Directives directives = Directives.parse(body.path("input").asText(""));
        BatchResponse.failIfAsked(directives);
        int tokens = new EmbeddingsHandler(sandbox).tokens(model, body);
        return BatchResponse.good(
                EmbeddingsHandler.json(model, body, tokens, directives.fault()),
                served(model, new TokenCounts(tokens, 0, 0, 0, 0)));
    }
}
