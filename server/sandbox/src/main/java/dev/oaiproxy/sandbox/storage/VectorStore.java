package dev.oaiproxy.sandbox.storage;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import java.time.Instant;
import java.util.List;

/**
 * A vector store. It indexes a file immediately, and its usage is the size of its files.
 *
 * @param batches the file batches by id
 */
record VectorStore(
        ObjectNode fields, ObjectStore<ObjectNode> files, ObjectStore<FileBatch> batches) {
    private static final long DAY_SECONDS = 24 * 60 * 60;

    /** Files that were attached together. */
    record FileBatch(String id, long createdAt, List<String> files) {}

    static VectorStore of(String id, JsonNode body) {
        long now = now();
        ObjectNode fields =
                newObject()
                        .put("id", "vs_" + id)
                        .put("object", "vector_store")
                        .put("created_at", now)
                        .put("last_active_at", now)
                        .putNull("name")
                        .putNull("description")
                        .putNull("expires_after")
                        .putNull("expires_at");
        fields.putObject("metadata");
        return new VectorStore(fields, new ObjectStore<>(), new ObjectStore<>()).updated(body);
    }

    /** The same store with the changes of a request. */
    VectorStore updated(JsonNode body) {
        ObjectNode changed = fields.deepCopy();
        for (String name : List.of("name", "description", "metadata", "expires_after")) {
            if (body.has(name)) {
                changed.set(name, body.path(name));
            }
        }
        long days = changed.path("expires_after").path("days").asLong(0);
        long active = changed.path("last_active_at").asLong();
        if (days > 0) {
            changed.put("expires_at", active + days * DAY_SECONDS);
        } else {
            changed.putNull("expires_at");
        }
        return new VectorStore(changed, files, batches);
    }

    String id() {
        return fields.path("id").asText();
    }

    ObjectNode json() {
        ObjectNode json = fields.deepCopy();
        json.put("status", "completed");
        json.put("usage_bytes", bytes());
        json.set("file_counts", counts(files.all().size()));
        return json;
    }

    long bytes() {
        return files.all().stream().mapToLong(file -> file.path("usage_bytes").asLong()).sum();
    }

    private static ObjectNode counts(int completed) {
        return newObject()
                .put("in_progress", 0)
                .put("completed", completed)
                .put("failed", 0)
                .put("cancelled", 0)
                .put("total", completed);
    }

    ObjectNode attach(StoredFile file, JsonNode body) {
        ObjectNode json =
                newObject()
                        .put("id", file.id())
                        .put("object", "vector_store.file")
                        .put("usage_bytes", file.content().length)
                        .put("created_at", now())
                        .put("vector_store_id", id())
                        .put("status", "completed")
                        .putNull("last_error");
        ObjectNode chunking = json.putObject("chunking_strategy").put("type", "static");
        chunking.putObject("static")
                .put("max_chunk_size_tokens", 800)
                .put("chunk_overlap_tokens", 400);
        JsonNode attributes = body.path("attributes");
        json.set("attributes", attributes.isObject() ? attributes : NullNode.getInstance());
        files.put(file.id(), json);
        return json;
    }

    ObjectNode json(FileBatch batch) {
        ObjectNode json =
                newObject()
                        .put("id", batch.id())
                        .put("object", "vector_store.files_batch")
                        .put("created_at", batch.createdAt())
                        .put("vector_store_id", id())
                        .put("status", "completed");
        json.set("file_counts", counts(batch.files().size()));
        return json;
    }

    static long now() {
        return Instant.now().getEpochSecond();
    }
}
