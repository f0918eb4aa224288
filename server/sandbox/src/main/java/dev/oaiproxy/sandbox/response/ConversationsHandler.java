package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.PagedList;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Handles {@code /v1/conversations} and the paths below it, free of charge. */
final class ConversationsHandler {
    private final SandboxState sandbox;
    private final ObjectStore<StoredConversation> all;

    ConversationsHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
        this.all = sandbox.objects(StoredConversation.class);
    }

    private static JsonNode body(HttpExchange exchange) {
        return exchange.body().orElse(MissingNode.getInstance());
    }

    private static JsonNode metadata(JsonNode body) {
        return body.hasNonNull("metadata")
                ? body.path("metadata")
                : JsonNodeFactory.instance.objectNode();
    }

    void create(HttpExchange exchange) {
        JsonNode body = body(exchange);
        StoredConversation conversation = StoredConversation.of(sandbox.nextId(), metadata(body));
        conversation.add(ResponseRequest.input(body.path("items"), sandbox));
        all.put(conversation.id(), conversation);
        exchange.send(200, conversation.json());
    }

    private void found(HttpExchange exchange, Consumer<StoredConversation> action) {
        String id = exchange.segment(1);
        all.find(id)
                .ifPresentOrElse(
                        action, () -> exchange.refuse(ApiError.notFound("Conversation", id)));
    }

    void retrieve(HttpExchange exchange) {
        found(exchange, conversation -> exchange.send(200, conversation.json()));
    }

    void update(HttpExchange exchange) {
        found(
                exchange,
                conversation -> {
                    conversation.metadata().set(metadata(body(exchange)));
                    exchange.send(200, conversation.json());
                });
    }

    void delete(HttpExchange exchange) {
        found(
                exchange,
                conversation -> {
                    all.remove(conversation.id());
                    exchange.send(
                            200, PagedList.deleted(conversation.id(), "conversation.deleted"));
                });
    }

    void addItems(HttpExchange exchange) {
        found(
                exchange,
                conversation -> {
                    JsonNode given = body(exchange).path("items");
                    StoredConversation added = StoredConversation.of("", MissingNode.getInstance());
                    added.add(ResponseRequest.input(given, sandbox));
                    conversation.add(added.context());
                    exchange.send(200, PagedList.of(exchange, added.items().all(), "asc"));
                });
    }

    void listItems(HttpExchange exchange) {
        found(
                exchange,
                conversation ->
                        exchange.send(
                                200, PagedList.of(exchange, conversation.items().all(), "desc")));
    }

    private void item(HttpExchange exchange, BiConsumer<StoredConversation, JsonNode> action) {
        found(
                exchange,
                conversation -> {
                    String id = exchange.segment(3);
                    Optional<JsonNode> item = conversation.items().find(id);
                    item.ifPresentOrElse(
                            there -> action.accept(conversation, there),
                            () -> exchange.refuse(ApiError.notFound("Item", id)));
                });
    }

    void retrieveItem(HttpExchange exchange) {
        item(exchange, (conversation, item) -> exchange.send(200, item.deepCopy()));
    }

    void deleteItem(HttpExchange exchange) {
        item(
                exchange,
                (conversation, item) -> {
                    conversation.items().remove(item.path("id").asText());
                    exchange.send(200, conversation.json());
                });
    }
}
