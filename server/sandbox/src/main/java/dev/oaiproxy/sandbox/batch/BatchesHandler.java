package dev.oaiproxy.sandbox.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.PagedList;
import dev.oaiproxy.sandbox.storage.StoredFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Handles {@code /v1/batches}. The bill has an entry for each line, at the batch tier. */
final class BatchesHandler {
    private static final Set<String> ENDPOINTS =
            Set.of(
                    "/v1/chat/completions",
                    "/v1/completions",
                    "/v1/embeddings",
                    "/v1/responses",
                    "/v1/moderations",
                    "/v1/images/generations");

    private final SandboxState sandbox;

    BatchesHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    private ObjectStore<BatchRun> all() {
        return sandbox.objects(BatchRun.class);
    }

    /** Takes directives from the values of the metadata. */
    void create(HttpExchange exchange) {
        JsonNode body = exchange.body().orElse(MissingNode.getInstance());
        Optional<ApiError> problem = problem(body);
        if (problem.isPresent()) {
            exchange.refuse(problem.get());
            return;
        }
        List<String> texts = new ArrayList<>();
        body.path("metadata").forEach(value -> texts.add(value.asText()));
        Directives directives = sandbox.directives(String.join(" ", texts));
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "batches", false);
        if (!call.failsEarly("", directives)) {
            BatchRun run = new BatchRun(body, directives, sandbox);
            all().put(run.id(), run);
            exchange.send(200, run.json());
            Thread.ofVirtual().start(run);
        }
    }

    private Optional<ApiError> problem(JsonNode body) {
        for (String name : List.of("input_file_id", "endpoint", "completion_window")) {
            if (!body.hasNonNull(name)) {
                return Optional.of(ApiError.missing(name));
            }
        }
        if (!ENDPOINTS.contains(body.path("endpoint").asText())) {
            return Optional.of(ApiError.invalid("Invalid 'endpoint'.", "endpoint"));
        }
        if (!body.path("completion_window").asText().equals("24h")) {
            return Optional.of(ApiError.invalid("Invalid 'completion_window'.", null));
        }
        String file = body.path("input_file_id").asText();
        return sandbox.objects(StoredFile.class).find(file).isPresent()
                ? Optional.empty()
                : Optional.of(ApiError.invalid("Invalid input_file_id: " + file, "input_file_id"));
    }

    void list(HttpExchange exchange) {
        exchange.send(
                200,
                PagedList.of(exchange, all().all().stream().map(BatchRun::json).toList(), "desc"));
    }

    void show(HttpExchange exchange) {
        withRun(exchange, run -> exchange.send(200, run.json()));
    }

    void cancel(HttpExchange exchange) {
        withRun(
                exchange,
                run -> {
                    if (run.cancel()) {
                        exchange.send(200, run.json());
                    } else {
                        String message = "Cannot cancel a batch that has ended.";
                        exchange.refuse(
                                new ApiError(409, message, "invalid_request_error", null, null));
                    }
                });
    }

    private void withRun(HttpExchange exchange, Consumer<BatchRun> then) {
        String id = exchange.segment(1);
        all().find(id).ifPresentOrElse(then, () -> exchange.refuse(ApiError.notFound("Batch", id)));
    }
}
