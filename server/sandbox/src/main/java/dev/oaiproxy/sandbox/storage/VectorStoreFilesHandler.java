package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.PagedList;
import dev.oaiproxy.sandbox.storage.VectorStore.FileBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Handles {@code /v1/vector_stores/../files} and {@code /file_batches}. */
final class VectorStoreFilesHandler {
    private final SandboxState sandbox;
    private final VectorStoresHandler stores;

    VectorStoreFilesHandler(SandboxState sandbox, VectorStoresHandler stores) {
        this.sandbox = sandbox;
        this.stores = stores;
    }

    private Optional<StoredFile> stored(String id) {
        return sandbox.objects(StoredFile.class).find(id);
    }

    void attach(HttpExchange exchange) {
        JsonNode body = VectorStoresHandler.body(exchange);
        String id = body.path("file_id").asText();
        stores.withStore(
                exchange,
                store ->
                        stored(id)
                                .ifPresentOrElse(
                                        file -> exchange.send(200, store.attach(file, body)),
                                        () -> exchange.refuse(ApiError.notFound("File", id))));
    }

    void list(HttpExchange exchange) {
        stores.withStore(
                exchange,
                store -> exchange.send(200, PagedList.of(exchange, store.files().all(), "desc")));
    }

    void show(HttpExchange exchange) {
        withFile(exchange, (store, file) -> exchange.send(200, file));
    }

    void update(HttpExchange exchange) {
        JsonNode attributes = VectorStoresHandler.body(exchange).path("attributes");
        withFile(
                exchange,
                (store, file) -> {
                    ObjectNode updated = file.deepCopy();
                    updated.set("attributes", attributes);
                    store.files().put(id(file), updated);
                    exchange.send(200, updated);
                });
    }

    void delete(HttpExchange exchange) {
        withFile(
                exchange,
                (store, file) -> {
                    store.files().remove(id(file));
                    exchange.send(200, PagedList.deleted(id(file), "vector_store.file.deleted"));
                });
    }

    void content(HttpExchange exchange) {
        withFile(
                exchange,
                (store, file) -> {
                    ObjectNode page =
                            VectorStoresHandler.contentPage("vector_store.file_content.page");
                    stored(id(file))
                            .ifPresent(
                                    found ->
                                            page.withArray("data")
                                                    .add(VectorStoresHandler.text(found)));
                    exchange.send(200, page);
                });
    }

    private static String id(JsonNode file) {
        return file.path("id").asText();
    }

    private void withFile(HttpExchange exchange, BiConsumer<VectorStore, ObjectNode> then) {
        String id = exchange.segment(3);
        stores.withStore(
                exchange,
                store ->
                        store.files()
                                .find(id)
                                .ifPresentOrElse(
                                        file -> then.accept(store, file),
                                        () -> exchange.refuse(ApiError.notFound("File", id))));
    }

    /**
     * Takes {@code file_ids} with common attributes, or {@code files} with their own attributes.
     */
    void createBatch(HttpExchange exchange) {
        JsonNode body = VectorStoresHandler.body(exchange);
        List<JsonNode> wanted = new ArrayList<>();
        body.path("files").forEach(wanted::add);
        body.path("file_ids").forEach(id -> wanted.add(attachment(id, body)));
        Optional<String> missing =
                wanted.stream()
                        .map(one -> one.path("file_id").asText())
                        .filter(id -> stored(id).isEmpty())
                        .findFirst();
        if (missing.isPresent()) {
            exchange.refuse(ApiError.notFound("File", missing.get()));
            return;
        }
        stores.withStore(exchange, store -> exchange.send(200, attachAll(store, wanted)));
    }

    private static ObjectNode attachment(JsonNode id, JsonNode body) {
        ObjectNode attachment = JsonNodeFactory.instance.objectNode();
        attachment.set("file_id", id);
        attachment.set("attributes", body.path("attributes"));
        return attachment;
    }

    private ObjectNode attachAll(VectorStore store, List<JsonNode> wanted) {
        List<String> ids = wanted.stream().map(one -> one.path("file_id").asText()).toList();
        wanted.forEach(
                one -> store.attach(stored(one.path("file_id").asText()).orElseThrow(), one));
        FileBatch batch = new FileBatch("vsfb_" + sandbox.nextId(), VectorStore.now(), ids);
        store.batches().put(batch.id(), batch);
        return store.json(batch);
    }

    void showBatch(HttpExchange exchange) {
        withBatch(exchange, (store, batch) -> exchange.send(200, store.json(batch)));
    }

    /** Changes nothing, because files are indexed immediately. */
    void cancelBatch(HttpExchange exchange) {
        showBatch(exchange);
    }

    void listBatch(HttpExchange exchange) {
        withBatch(
                exchange,
                (store, batch) -> {
                    List<ObjectNode> files =
                            store.files().all().stream()
                                    .filter(file -> batch.files().contains(id(file)))
                                    .toList();
                    exchange.send(200, PagedList.of(exchange, files, "desc"));
                });
    }

    private void withBatch(HttpExchange exchange, BiConsumer<VectorStore, FileBatch> then) {
        String id = exchange.segment(3);
        stores.withStore(
                exchange,
                store ->
                        store.batches()
                                .find(id)
                                .ifPresentOrElse(
                                        batch -> then.accept(store, batch),
                                        () ->
                                                exchange.refuse(
                                                        ApiError.notFound("File batch", id))));
    }
}
