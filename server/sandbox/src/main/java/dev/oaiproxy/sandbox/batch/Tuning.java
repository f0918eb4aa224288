package dev.oaiproxy.sandbox.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.Call;
import dev.oaiproxy.sandbox.call.Sandbox;
import dev.oaiproxy.sandbox.call.Shelf;
import dev.oaiproxy.sandbox.http.Exchange;
import dev.oaiproxy.sandbox.http.Page;
import dev.oaiproxy.sandbox.http.Problem;
import dev.oaiproxy.sandbox.storage.StoredFile;
import java.util.List;
import java.util.function.Consumer;

/** {@code /v1/fine_tuning/jobs}. What a job has cost is on the bill when it has ended. */
final class Tuning {
    private final Sandbox sandbox;

    Tuning(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    private Shelf<TuningJob> shelf() {
        return sandbox.shelf(TuningJob.class);
    }

    /** Directives are looked for in the suffix. */
    void create(Exchange exchange) {
        JsonNode body = exchange.body().orElse(MissingNode.getInstance());
        for (String name : List.of("model", "training_file")) {
            if (!body.hasNonNull(name)) {
                exchange.refuse(Problem.missing(name));
                return;
            }
        }
        String file = body.path("training_file").asText();
        Directives directives = sandbox.directives(body.path("suffix").asText(""));
        Call call = new Call(exchange, sandbox.bill(), "fine_tuning/jobs", false);
        if (sandbox.shelf(StoredFile.class).find(file).isEmpty()) {
            call.refuse("", Problem.invalid("invalid training_file: " + file, "training_file"));
        } else if (!call.failsEarly("", directives)) {
            TuningJob job = new TuningJob(body, directives, sandbox, call);
            shelf().put(job.id(), job);
            exchange.send(200, job.json());
            Thread.ofVirtual().start(job);
        }
    }

    void list(Exchange exchange) {
        exchange.send(
                200,
                Page.of(exchange, shelf().all().stream().map(TuningJob::json).toList(), "desc"));
    }

    void show(Exchange exchange) {
        withJob(exchange, job -> exchange.send(200, job.json()));
    }

    void cancel(Exchange exchange) {
        withJob(
                exchange,
                job -> {
                    if (job.cancel()) {
                        exchange.send(200, job.json());
                    } else {
                        exchange.refuse(Problem.invalid("Job has already ended.", null));
                    }
                });
    }

    void events(Exchange exchange) {
        withJob(exchange, job -> exchange.send(200, Page.of(exchange, job.events(), "desc")));
    }

    void checkpoints(Exchange exchange) {
        withJob(exchange, job -> exchange.send(200, Page.of(exchange, List.of(), "desc")));
    }

    private void withJob(Exchange exchange, Consumer<TuningJob> then) {
        String id = exchange.segment(2);
        shelf().find(id)
                .ifPresentOrElse(then, () -> exchange.refuse(Problem.notFound("Fine-tune", id)));
    }
}
