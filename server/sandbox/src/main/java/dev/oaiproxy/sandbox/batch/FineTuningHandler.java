package dev.oaiproxy.sandbox.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.storage.StoredFile;
import java.util.List;

/** Handles {@code /v1/fine_tuning/jobs}. A job is billed when it ends. */
record FineTuningHandler(SandboxState sandbox) {
    private ObjectStore<FineTuningJob> all() {
        return sandbox.objects(FineTuningJob.class);
    }

    private FineTuningJob job(HttpExchange exchange) {
        return all().get(exchange.segment(2), "Fine-tune");
    }

    /** Takes directives from the suffix. */
    void create(HttpExchange exchange) {
        JsonNode body = exchange.json();
        for (String name : List.of("model", "training_file")) {
            ApiError.throwIf(!body.hasNonNull(name), ApiError.missing(name));
        }
        String file = body.path("training_file").asText();
        Directives directives = sandbox.directives(body.path("suffix").asText(""));
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "fine_tuning/jobs");
        ApiError.throwIf(
                sandbox.objects(StoredFile.class).find(file).isEmpty(),
                ApiError.invalid("invalid training_file: " + file, "training_file"));
        call.failIfAsked("", directives);
        FineTuningJob job = new FineTuningJob(body, directives, sandbox, call);
        all().put(job.id(), job);
        exchange.send(200, job.json());
        Thread.ofVirtual().start(job);
    }

    void cancel(HttpExchange exchange) {
        FineTuningJob job = job(exchange);
        ApiError.throwIf(!job.cancel(), ApiError.invalid("Job has already ended."));
        exchange.send(200, job.json());
    }

    void events(HttpExchange exchange) {
        exchange.sendPage(job(exchange).events(), "desc");
    }

    void checkpoints(HttpExchange exchange) {
        job(exchange);
        exchange.sendPage(List.of(), "desc");
    }
}
