package dev.oaiproxy.sandbox.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.storage.StoredFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Handles {@code /v1/batches}. The bill has an entry for each line, at the batch tier. */
record BatchesHandler(SandboxState sandbox) {
    private static final Set<String> ENDPOINTS =
            Set.of(
                    "/v1/chat/completions",
                    "/v1/completions",
                    "/v1/embeddings",
                    "/v1/responses",
                    "/v1/moderations",
                    "/v1/images/generations");

    private ObjectStore<BatchRun> all() {
        return sandbox.objects(BatchRun.class);
    }

    private BatchRun batch(HttpExchange exchange) {
        return all().get(exchange.segment(1), "Batch");
    }

    /** Takes directives from the values of the metadata. */
    void create(HttpExchange exchange) {
        JsonNode body = exchange.json();
        validate(body);
        List<String> texts = new ArrayList<>();
        body.path("metadata").forEach(value -> texts.add(value.asText()));
        Directives directives = sandbox.directives(String.join(" ", texts));
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "batches");
        call.failIfAsked("", directives);
        BatchRun run = new BatchRun(body, directives, sandbox);
        all().put(run.id(), run);
        exchange.send(200, run.json());
        Thread.ofVirtual().start(run);
    }

    private void validate(JsonNode body) {
        for (String name : List.of("input_file_id", "endpoint", "completion_window")) {
            ApiError.throwIf(!body.hasNonNull(name), ApiError.missing(name));
        }
        ApiError.throwIf(
                !ENDPOINTS.contains(body.path("endpoint").asText()),
                ApiError.invalid("Invalid 'endpoint'.", "endpoint"));
        ApiError.throwIf(
                !body.path("completion_window").asText().equals("24h"),
                ApiError.invalid("Invalid 'completion_window'."));
        String file = body.path("input_file_id").asText();
        ApiError.throwIf(
                sandbox.objects(StoredFile.class).find(file).isEmpty(),
                ApiError.invalid("Invalid input_file_id: " + file, "input_file_id"));
    }

    void cancel(HttpExchange exchange) {
        BatchRun batch = batch(exchange);
        ApiError.throwIf(
                !batch.cancel(),
                ApiError.invalid("Cannot cancel a batch that has ended.").status(409));
        exchange.send(200, batch.json());
    }
}
