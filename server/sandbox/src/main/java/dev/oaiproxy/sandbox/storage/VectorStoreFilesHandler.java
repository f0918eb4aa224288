package dev.oaiproxy.sandbox.storage;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.storage.VectorStore.FileBatch;
import java.util.ArrayList;
import java.util.List;

/** Handles {@code /v1/vector_stores/../files} and {@code /file_batches}. */
record VectorStoreFilesHandler(SandboxState sandbox, VectorStoresHandler stores) {
    private ObjectStore<StoredFile> stored() {
        return sandbox.objects(StoredFile.class);
    }

    private static ObjectNode file(HttpExchange exchange, VectorStore store) {
        return store.files().get(exchange.segment(3), "File");
    }

    private static FileBatch batch(HttpExchange exchange, VectorStore store) {
        return store.batches().get(exchange.segment(3), "File batch");
    }

    private static String id(JsonNode file) {
        return file.path("id").asText();
    }

    void attach(HttpExchange exchange) {
        JsonNode body = exchange.json();
        VectorStore store = stores.store(exchange);
        StoredFile file = stored().get(body.path("file_id").asText(), "File");
        exchange.send(200, store.attach(file, body));
    }

    void list(HttpExchange exchange) {
        exchange.sendPage(stores.store(exchange).files().all(), "desc");
    }

    void show(HttpExchange exchange) {
        exchange.send(200, file(exchange, stores.store(exchange)));
    }

    void update(HttpExchange exchange) {
        JsonNode attributes = exchange.json().path("attributes");
        VectorStore store = stores.store(exchange);
        ObjectNode updated = file(exchange, store).deepCopy();
        updated.set("attributes", attributes);
        store.files().put(id(updated), updated);
        exchange.send(200, updated);
    }

    void delete(HttpExchange exchange) {
        VectorStore store = stores.store(exchange);
        String id = id(file(exchange, store));
        store.files().remove(id);
        exchange.sendDeleted(id, "vector_store.file.deleted");
    }

    void content(HttpExchange exchange) {
        ObjectNode file = file(exchange, stores.store(exchange));
        ObjectNode page = VectorStoresHandler.contentPage("vector_store.file_content.page");
        stored().find(id(file))
                .ifPresent(found -> page.withArray("data").add(VectorStoresHandler.text(found)));
        exchange.send(200, page);
    }

    /**
     * Takes {@code file_ids} with common attributes, or {@code files} with their own attributes.
     */
    void createBatch(HttpExchange exchange) {
        JsonNode body = exchange.json();
        List<JsonNode> wanted = new ArrayList<>();
        body.path("files").forEach(wanted::add);
        body.path("file_ids").forEach(id -> wanted.add(attachment(id, body)));
        List<StoredFile> files =
                wanted.stream()
                        .map(one -> stored().get(one.path("file_id").asText(), "File"))
                        .toList();
        VectorStore store = stores.store(exchange);
        for (int i = 0; i < files.size(); i++) {
            store.attach(files.get(i), wanted.get(i));
        }
        List<String> ids = files.stream().map(StoredFile::id).toList();
        FileBatch batch = new FileBatch("vsfb_" + sandbox.nextId(), VectorStore.now(), ids);
        store.batches().put(batch.id(), batch);
        exchange.send(200, store.json(batch));
    }

    private static ObjectNode attachment(JsonNode id, JsonNode body) {
        ObjectNode attachment = newObject();
        attachment.set("file_id", id);
        attachment.set("attributes", body.path("attributes"));
        return attachment;
    }

    void showBatch(HttpExchange exchange) {
        VectorStore store = stores.store(exchange);
        exchange.send(200, store.json(batch(exchange, store)));
    }

    void listBatch(HttpExchange exchange) {
        VectorStore store = stores.store(exchange);
        FileBatch batch = batch(exchange, store);
        List<ObjectNode> files =
                store.files().all().stream()
                        .filter(file -> batch.files().contains(id(file)))
                        .toList();
        exchange.sendPage(files, "desc");
    }
}
