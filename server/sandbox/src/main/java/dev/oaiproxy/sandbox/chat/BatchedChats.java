package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Bill.Tokens;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BatchAnswer;
import dev.oaiproxy.sandbox.call.Call.Served;
import dev.oaiproxy.sandbox.call.Sandbox;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.model.Model;
import java.util.List;
import java.util.Optional;

/** Answers those requests of a batch that name a chat model, an embedding or a moderation. */
public record BatchedChats(Sandbox sandbox) {
    public BatchAnswer answer(String endpoint, JsonNode body) {
        return switch (endpoint) {
            case "/v1/embeddings" -> embed(body);
            case "/v1/completions" -> complete(body);
            case "/v1/moderations" -> moderate(body);
            default -> chat(body);
        };
    }

    private BatchAnswer chat(JsonNode body) {
        Optional<ApiError> problem = new ChatCheck(body).problem();
        if (problem.isPresent()) {
            return BatchAnswer.refusal(problem.get());
        }
        ChatOrder order = ChatOrder.of(body, sandbox.tokenizer());
        Directives directives = Directives.parse(order.userText());
        if (BatchAnswer.fails(directives)) {
            return BatchAnswer.refusal(ApiError.serverError());
        }
        Generation generation = Generation.of(order, directives, sandbox);
        return BatchAnswer.good(
                new ChatShapes(generation, sandbox.nextId()).completion(),
                served(order.model(), generation.allTokens()));
    }

    private BatchAnswer complete(JsonNode body) {
        Optional<ApiError> problem = Completions.problem(body);
        if (problem.isPresent()) {
            return BatchAnswer.refusal(problem.get());
        }
        ChatOrder order = new Completions(sandbox).order(body);
        Generation generation = Generation.of(order, Directives.parse(order.userText()), sandbox);
        return BatchAnswer.good(
                Completions.shapes(body, generation, sandbox).completion(),
                served(order.model(), generation.allTokens()));
    }

    private BatchAnswer moderate(JsonNode body) {
        return body.path("input").isMissingNode()
                ? BatchAnswer.refusal(ApiError.missing("input"))
                : BatchAnswer.good(new Moderations(sandbox).json(body), Served.nothing(""));
    }

    private static Served served(Model model, Tokens tokens) {
        return new Served(model.snapshot(), "default", tokens, List.of());
    }

    private BatchAnswer embed(JsonNode body) {
        Embeddings embeddings = new Embeddings(sandbox);
        Optional<ApiError> problem = Embeddings.problem(body);
        if (problem.isPresent()) {
            return BatchAnswer.refusal(problem.get());
        }
        Model model = Model.named(body.path("model").asText()).orElseThrow();
        Directives directives = Directives.parse(body.path("input").asText(""));
        if (BatchAnswer.fails(directives)) {
            return BatchAnswer.refusal(ApiError.serverError());
        }
        int tokens = embeddings.tokens(model, body);
        return BatchAnswer.good(
                Embeddings.json(model, body, tokens, directives.fault()),
                served(model, new Tokens(tokens, 0, 0, 0, 0)));
    }
}
