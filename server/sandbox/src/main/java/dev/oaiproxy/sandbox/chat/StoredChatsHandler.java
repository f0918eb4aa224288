package dev.oaiproxy.sandbox.chat;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.ArrayList;
import java.util.List;

/** Handles stored chat completions: {@code GET /v1/chat/completions} and the paths below it. */
record StoredChatsHandler(ObjectStore<StoredChatsHandler.StoredChat> all) {
    /**
     * A stored chat.
     *
     * @param completion the response
     * @param messages the messages of the request
     */
    record StoredChat(ObjectNode completion, JsonNode messages) {
        static StoredChat of(JsonNode body, ObjectNode completion) {
            completion.set("metadata", metadata(body));
            return new StoredChat(completion, body.path("messages"));
        }

        String id() {
            return completion.path("id").asText();
        }
    }

    private static JsonNode metadata(JsonNode body) {
        return body.hasNonNull("metadata") ? body.path("metadata") : newObject();
    }

    void list(HttpExchange exchange) {
        String model = exchange.query("model").orElse("");
        List<ObjectNode> listed =
                all.all().stream()
                        .map(StoredChat::completion)
                        .filter(chat -> chat.path("model").asText().startsWith(model))
                        .toList();
        exchange.sendPage(listed, "asc");
    }

    private StoredChat chat(HttpExchange exchange) {
        return all.get(exchange.segment(2), "Chat completion");
    }

    void update(HttpExchange exchange) {
        StoredChat chat = chat(exchange);
        ObjectNode changed = chat.completion().deepCopy();
        changed.set("metadata", metadata(exchange.json()));
        all.put(chat.id(), new StoredChat(changed, chat.messages()));
        exchange.send(200, changed);
    }

    void messages(HttpExchange exchange) {
        StoredChat chat = chat(exchange);
        List<JsonNode> messages = new ArrayList<>();
        for (JsonNode message : chat.messages()) {
            ObjectNode copy = message.deepCopy();
            messages.add(copy.put("id", chat.id() + "-" + messages.size()));
        }
        exchange.sendPage(messages, "asc");
    }
}
