package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.BilledCall.ServedUsage;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.PagedList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Handles {@code /v1/vector_stores}. OpenAI charges storage by the day, which no call shows. */
final class VectorStoresHandler {
    private final SandboxState sandbox;

    VectorStoresHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    private ObjectStore<VectorStore> all() {
        return sandbox.objects(VectorStore.class);
    }

    void create(HttpExchange exchange) {
        JsonNode body = body(exchange);
        Optional<ApiError> problem = missingFile(body);
        if (problem.isPresent()) {
            exchange.refuse(problem.get());
            return;
        }
        VectorStore store = VectorStore.of(sandbox.nextId(), body);
        body.path("file_ids").forEach(id -> store.attach(file(id.asText()), body));
        all().put(store.id(), store);
        exchange.send(200, store.json());
    }

    /** The body, or an empty object if the request has none. */
    static JsonNode body(HttpExchange exchange) {
        return exchange.body().orElseGet(JsonNodeFactory.instance::objectNode);
    }

    private Optional<ApiError> missingFile(JsonNode body) {
        for (JsonNode id : body.path("file_ids")) {
            if (sandbox.objects(StoredFile.class).find(id.asText()).isEmpty()) {
                return Optional.of(ApiError.notFound("File", id.asText()));
            }
        }
        return Optional.empty();
    }

    private StoredFile file(String id) {
        return sandbox.objects(StoredFile.class).find(id).orElseThrow();
    }

    void list(HttpExchange exchange) {
        List<ObjectNode> all = all().all().stream().map(VectorStore::json).toList();
        exchange.send(200, PagedList.of(exchange, all, "desc"));
    }

    void show(HttpExchange exchange) {
        withStore(exchange, store -> exchange.send(200, store.json()));
    }

    void update(HttpExchange exchange) {
        JsonNode body = body(exchange);
        withStore(
                exchange,
                store -> {
                    VectorStore updated = store.updated(body);
                    all().put(store.id(), updated);
                    exchange.send(200, updated.json());
                });
    }

    void delete(HttpExchange exchange) {
        withStore(
                exchange,
                store -> {
                    all().remove(store.id());
                    exchange.send(200, PagedList.deleted(store.id(), "vector_store.deleted"));
                });
    }

    /**
     * Bills a search like one of the tool, because the price list does not mention direct searches.
     */
    void search(HttpExchange exchange) {
        JsonNode body = body(exchange);
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "vector_stores/search", false);
        Optional<VectorStore> store = all().find(exchange.segment(1));
        Directives directives = sandbox.directives(body.path("query").asText(""));
        if (store.isEmpty()) {
            call.refuse("", ApiError.notFound("Vector store", exchange.segment(1)));
        } else if (!body.has("query")) {
            call.refuse("", ApiError.missing("query"));
        } else if (!call.failsEarly("", directives)) {
            ExtraUsage searched = new ExtraUsage("tool:file_search", "file_search", 1);
            ServedUsage served =
                    new ServedUsage("", "default", TokenCounts.NONE, List.of(searched));
            call.charge(
                    served,
                    directives.fault() == InjectedFault.CUT ? CallEnd.BROKEN : CallEnd.COMPLETE);
            exchange.send(found(store.get(), body), directives);
        }
    }

    /** Returns the first files as the best results. */
    private ObjectNode found(VectorStore store, JsonNode body) {
        ObjectNode page = contentPage("vector_store.search_results.page");
        page.putArray("search_query").add(body.path("query").asText());
        int most = body.path("max_num_results").asInt(10);
        store.files().all().stream()
                .limit(most)
                .forEach(
                        attached -> {
                            StoredFile file = file(attached.path("id").asText());
                            ObjectNode found = page.withArray("data").addObject();
                            found.put("file_id", file.id())
                                    .put("filename", file.filename())
                                    .put("score", 0.9)
                                    .set("attributes", attached.path("attributes"));
                            found.putArray("content").add(text(file));
                        });
        return page;
    }

    static ObjectNode contentPage(String object) {
        ObjectNode page = JsonNodeFactory.instance.objectNode().put("object", object);
        page.putArray("data");
        return page.put("has_more", false).putNull("next_page");
    }

    static ObjectNode text(StoredFile file) {
        return JsonNodeFactory.instance.objectNode().put("type", "text").put("text", file.text());
    }

    void withStore(HttpExchange exchange, Consumer<VectorStore> then) {
        String id = exchange.segment(1);
        all().find(id)
                .ifPresentOrElse(
                        then, () -> exchange.refuse(ApiError.notFound("Vector store", id)));
    }
}
