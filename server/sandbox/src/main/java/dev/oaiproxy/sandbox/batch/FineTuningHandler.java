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
import java.util.List;
import java.util.function.Consumer;

/** Handles {@code /v1/fine_tuning/jobs}. A job is billed when it ends. */
final class FineTuningHandler {
    private final SandboxState sandbox;

    FineTuningHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    private ObjectStore<FineTuningJob> all() {
        return sandbox.objects(FineTuningJob.class);
    }

    /** Takes directives from the suffix. */
    void create(HttpExchange exchange) {
        JsonNode body = exchange.body().orElse(MissingNode.getInstance());
        for (String name : List.of("model", "training_file")) {
            if (!body.hasNonNull(name)) {
                exchange.refuse(ApiError.missing(name));
                return;
            }
        }
        String file = body.path("training_file").asText();
        Directives directives = sandbox.directives(body.path("suffix").asText(""));
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "fine_tuning/jobs", false);
        if (sandbox.objects(StoredFile.class).find(file).isEmpty()) {
            call.refuse("", ApiError.invalid("invalid training_file: " + file, "training_file"));
        } else if (!call.failsEarly("", directives)) {
            FineTuningJob job = new FineTuningJob(body, directives, sandbox, call);
            all().put(job.id(), job);
            exchange.send(200, job.json());
            Thread.ofVirtual().start(job);
        }
    }

    void list(HttpExchange exchange) {
        exchange.send(
                200,
                PagedList.of(
                        exchange, all().all().stream().map(FineTuningJob::json).toList(), "desc"));
    }

    void show(HttpExchange exchange) {
        withJob(exchange, job -> exchange.send(200, job.json()));
    }

    void cancel(HttpExchange exchange) {
        withJob(
                exchange,
                job -> {
                    if (job.cancel()) {
                        exchange.send(200, job.json());
                    } else {
                        exchange.refuse(ApiError.invalid("Job has already ended.", null));
                    }
                });
    }

    void events(HttpExchange exchange) {
        withJob(exchange, job -> exchange.send(200, PagedList.of(exchange, job.events(), "desc")));
    }

    void checkpoints(HttpExchange exchange) {
        withJob(exchange, job -> exchange.send(200, PagedList.of(exchange, List.of(), "desc")));
    }

    private void withJob(HttpExchange exchange, Consumer<FineTuningJob> then) {
        String id = exchange.segment(2);
        all().find(id)
                .ifPresentOrElse(then, () -> exchange.refuse(ApiError.notFound("Fine-tune", id)));
    }
}
