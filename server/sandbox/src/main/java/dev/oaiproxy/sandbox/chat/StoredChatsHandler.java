package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.PagedList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Handles stored chat completions: {@code GET /v1/chat/completions} and the paths below it. */
final class StoredChatsHandler {
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

    private final ObjectStore<StoredChat> all;

    StoredChatsHandler(ObjectStore<StoredChat> all) {
        this.all = all;
    }

    private static JsonNode metadata(JsonNode body) {
        return body.hasNonNull("metadata")
                ? body.path("metadata")
                : JsonNodeFactory.instance.objectNode();
    }

    void list(HttpExchange exchange) {
        String model = exchange.query("model").orElse("");
        List<ObjectNode> listed =
                all.all().stream()
                        .map(StoredChat::completion)
                        .filter(chat -> chat.path("model").asText().startsWith(model))
                        .toList();
        exchange.send(200, PagedList.of(exchange, listed, "asc"));
    }

    private void found(HttpExchange exchange, Consumer<StoredChat> action) {
        String id = exchange.segment(2);
        all.find(id)
                .ifPresentOrElse(
                        action, () -> exchange.refuse(ApiError.notFound("Chat completion", id)));
    }

    void retrieve(HttpExchange exchange) {
        found(exchange, chat -> exchange.send(200, chat.completion()));
    }

    void update(HttpExchange exchange) {
        found(
                exchange,
                chat -> {
                    JsonNode body = exchange.body().orElse(MissingNode.getInstance());
                    ObjectNode changed = chat.completion().deepCopy();
                    changed.set("metadata", metadata(body));
                    all.put(chat.id(), new StoredChat(changed, chat.messages()));
                    exchange.send(200, changed);
                });
    }

    void delete(HttpExchange exchange) {
        found(
                exchange,
                chat -> {
                    all.remove(chat.id());
                    exchange.send(200, PagedList.deleted(chat.id(), "chat.completion.deleted"));
                });
    }

    void messages(HttpExchange exchange) {
        found(exchange, chat -> exchange.send(200, PagedList.of(exchange, messages(chat), "asc")));
    }

    private static List<JsonNode> messages(StoredChat chat) {
        List<JsonNode> messages = new ArrayList<>();
        for (JsonNode message : chat.messages()) {
            ObjectNode copy = message.deepCopy();
            messages.add(copy.put("id", chat.id() + "-" + messages.size()));
        }
        return messages;
    }
}
