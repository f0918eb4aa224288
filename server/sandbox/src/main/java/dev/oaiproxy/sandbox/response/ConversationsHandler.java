package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.ArrayList;
import java.util.List;

/** Handles {@code /v1/conversations} and the paths below it, free of charge. */
record ConversationsHandler(SandboxState sandbox) {
    private ObjectStore<StoredConversation> all() {
        return sandbox.objects(StoredConversation.class);
    }

    private StoredConversation conversation(HttpExchange exchange) {
        return all().get(exchange.segment(1), "Conversation");
    }

    private static JsonNode item(HttpExchange exchange, StoredConversation conversation) {
        return conversation.items().get(exchange.segment(3), "Item");
    }

    private static JsonNode metadata(JsonNode body) {
        return body.hasNonNull("metadata") ? body.path("metadata") : newObject();
    }

    void create(HttpExchange exchange) {
        JsonNode body = exchange.json();
        StoredConversation created = StoredConversation.of(sandbox.nextId(), metadata(body));
        created.add(ResponseRequest.input(body.path("items"), sandbox));
        all().put(created.id(), created);
        exchange.send(200, created.json());
    }

    void update(HttpExchange exchange) {
        StoredConversation conversation = conversation(exchange);
        conversation.metadata().set(metadata(exchange.json()));
        exchange.send(200, conversation.json());
    }

    void addItems(HttpExchange exchange) {
        StoredConversation conversation = conversation(exchange);
        ArrayNode added = ResponseRequest.input(exchange.json().path("items"), sandbox);
        conversation.add(added);
        List<JsonNode> items = new ArrayList<>();
        added.forEach(items::add);
        exchange.sendPage(items, "asc");
    }

    void listItems(HttpExchange exchange) {
        exchange.sendPage(conversation(exchange).items().all(), "desc");
    }

    void retrieveItem(HttpExchange exchange) {
        exchange.send(200, item(exchange, conversation(exchange)).deepCopy());
    }

    void deleteItem(HttpExchange exchange) {
        StoredConversation conversation = conversation(exchange);
        conversation.items().remove(item(exchange, conversation).path("id").asText());
        exchange.send(200, conversation.json());
    }
}
