package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.chat.StoredChatsHandler.StoredChat;
import dev.oaiproxy.sandbox.http.HttpExchange;

/** Handles {@code POST /v1/chat/completions}. */
record ChatHandler(SandboxState sandbox) {
    void handle(HttpExchange exchange) {
        JsonNode body = exchange.json();
        boolean stream = body.path("stream").asBoolean();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "chat/completions", stream);
        new ChatValidation(body).check();
        ChatRequest request = ChatRequest.of(body, sandbox.tokenizer());
        Directives directives = sandbox.directives(request.userText());
        call.failIfAsked(request.model().snapshot(), directives);
        ChatPlan plan = ChatPlan.of(request, directives, sandbox);
        ChatCompletionJson json = new ChatCompletionJson(plan, sandbox.nextId());
        if (body.path("modalities").toString().contains("audio") && !stream) {
            new AudioChatResponse(call, plan, json).send();
        } else {
            new CompletionSender(call, plan, json, () -> store(body, json)).send();
        }
    }

    private void store(JsonNode body, ChatCompletionJson json) {
        if (body.path("store").asBoolean()) {
            StoredChat chat = StoredChat.of(body, json.completion());
            sandbox.objects(StoredChat.class).put(chat.id(), chat);
        }
    }
}
