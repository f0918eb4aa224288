package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

record StoredConversation(
        String id, long created, AtomicReference<JsonNode> metadata, ObjectStore<JsonNode> items) {
    static StoredConversation of(String id, JsonNode metadata) {
        return new StoredConversation(
                "conv_" + id,
                Instant.now().getEpochSecond(),
                new AtomicReference<>(metadata),
                new ObjectStore<>());
    }

    void add(JsonNode added) {
        added.forEach(item -> items.put(item.path("id").asText(), item));
    }

    ArrayNode context() {
        return JsonNodeFactory.instance.arrayNode().addAll(items.all());
    }

    ObjectNode json() {
        return newObject()
                .put("id", id)
                .put("object", "conversation")
                .put("created_at", created)
                .set("metadata", metadata.get());
    }
}
