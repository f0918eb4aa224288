package dev.oaiproxy.sandbox.storage;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.ArrayList;
import java.util.List;

/** Handles {@code /v1/vector_stores}. OpenAI charges storage by the day, which no call shows. */
record VectorStoresHandler(SandboxState sandbox) {
    private ObjectStore<VectorStore> all() {
        return sandbox.objects(VectorStore.class);
    }

    VectorStore store(HttpExchange exchange) {
        return all().get(exchange.segment(1), "Vector store");
    }

    private StoredFile file(String id) {
        return sandbox.objects(StoredFile.class).get(id, "File");
    }

    void create(HttpExchange exchange) {
        JsonNode body = exchange.json();
        List<StoredFile> files = new ArrayList<>();
        body.path("file_ids").forEach(id -> files.add(file(id.asText())));
        VectorStore store = VectorStore.of(sandbox.nextId(), body);
        files.forEach(file -> store.attach(file, body));
        all().put(store.id(), store);
        exchange.send(200, store.json());
    }

    void update(HttpExchange exchange) {
        JsonNode body = exchange.json();
        VectorStore updated = store(exchange).updated(body);
        all().put(updated.id(), updated);
        exchange.send(200, updated.json());
    }

    /** Bills a search like one of the tool, because the price list does not mention it. */
    void search(HttpExchange exchange) {
        JsonNode body = exchange.json();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "vector_stores/search");
        Directives directives = sandbox.directives(body.path("query").asText(""));
        VectorStore store = store(exchange);
        ApiError.throwIf(!body.has("query"), ApiError.missing("query"));
        call.failIfAsked("", directives);
        ExtraUsage searched = new ExtraUsage("tool:file_search", "file_search", 1);
        call.charge(
                new ServedUsage("", "default", TokenCounts.NONE, List.of(searched)),
                directives.fault().ending());
        exchange.send(results(store, body), directives);
    }

    /** Returns the first files as the best results. */
    private ObjectNode results(VectorStore store, JsonNode body) {
        ObjectNode page = contentPage("vector_store.search_results.page");
        page.putArray("search_query").add(body.path("query").asText());
        int limit = body.path("max_num_results").asInt(10);
        store.files().all().stream()
                .limit(limit)
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
        ObjectNode page = newObject().put("object", object);
        page.putArray("data");
        return page.put("has_more", false).putNull("next_page");
    }

    static ObjectNode text(StoredFile file) {
        return newObject().put("type", "text").put("text", file.text());
    }
}
