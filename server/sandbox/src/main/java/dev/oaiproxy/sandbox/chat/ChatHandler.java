package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.chat.StoredChatsHandler.StoredChat;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.Optional;

/** Handles {@code POST /v1/chat/completions}. */
final class ChatHandler {
    private final SandboxState sandbox;

    ChatHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    void answer(HttpExchange exchange) {
        JsonNode body = exchange.body().orElse(MissingNode.getInstance());
        boolean stream = body.path("stream").asBoolean();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "chat/completions", stream);
        Optional<ApiError> problem = new ChatValidation(body).problem();
        if (problem.isPresent()) {
            call.refuse("", problem.get());
            return;
        }
        ChatRequest order = ChatRequest.of(body, sandbox.tokenizer());
        Directives directives = sandbox.directives(order.userText());
        if (!call.failsEarly(order.model().snapshot(), directives)) {
            ChatPlan generation = ChatPlan.of(order, directives, sandbox);
            ChatCompletionJson shapes = new ChatCompletionJson(generation, sandbox.nextId());
            if (body.path("modalities").toString().contains("audio") && !stream) {
                new AudioChatResponse(call, generation, shapes).send();
            } else {
                new CompletionSender(call, generation, shapes, () -> store(body, shapes)).send();
            }
        }
    }

    private void store(JsonNode body, ChatCompletionJson shapes) {
        if (body.path("store").asBoolean()) {
            StoredChat chat = StoredChat.of(body, shapes.completion());
            sandbox.objects(StoredChat.class).put(chat.id(), chat);
        }
    }
}
