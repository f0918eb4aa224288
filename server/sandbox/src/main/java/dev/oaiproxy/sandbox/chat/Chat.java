package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.chat.StoredChats.StoredChat;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.Optional;

/** {@code POST /v1/chat/completions}. */
final class Chat {
    private final SandboxState sandbox;

    Chat(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    void answer(HttpExchange exchange) {
        JsonNode body = exchange.body().orElse(MissingNode.getInstance());
        boolean stream = body.path("stream").asBoolean();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "chat/completions", stream);
        Optional<ApiError> problem = new ChatCheck(body).problem();
        if (problem.isPresent()) {
            call.refuse("", problem.get());
            return;
        }
        ChatOrder order = ChatOrder.of(body, sandbox.tokenizer());
        Directives directives = sandbox.directives(order.userText());
        if (!call.failsEarly(order.model().snapshot(), directives)) {
            Generation generation = Generation.of(order, directives, sandbox);
            ChatShapes shapes = new ChatShapes(generation, sandbox.nextId());
            if (body.path("modalities").toString().contains("audio") && !stream) {
                new SpokenChat(call, generation, shapes).tell();
            } else {
                new Telling(call, generation, shapes, () -> store(body, shapes)).tell();
            }
        }
    }

    private void store(JsonNode body, ChatShapes shapes) {
        if (body.path("store").asBoolean()) {
            StoredChat chat = StoredChat.of(body, shapes.completion());
            sandbox.objects(StoredChat.class).put(chat.id(), chat);
        }
    }
}
