package dev.oaiproxy.sandbox.batch;

import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.Routes;

/** The paths of batches and of fine-tuning. */
public final class BatchRoutes {
    private BatchRoutes() {}

    public static void add(Routes routes, SandboxState sandbox) {
        addBatches(routes, new BatchesHandler(sandbox));
        addTuning(routes, new FineTuningHandler(sandbox));
    }

    private static void addBatches(Routes routes, BatchesHandler batches) {
        routes.post("/v1/batches", batches::create);
        routes.get("/v1/batches", batches::list);
        routes.get("/v1/batches/{id}", batches::show);
        routes.post("/v1/batches/{id}/cancel", batches::cancel);
    }

    private static void addTuning(Routes routes, FineTuningHandler jobs) {
        routes.post("/v1/fine_tuning/jobs", jobs::create);
        routes.get("/v1/fine_tuning/jobs", jobs::list);
        routes.get("/v1/fine_tuning/jobs/{id}", jobs::show);
        routes.post("/v1/fine_tuning/jobs/{id}/cancel", jobs::cancel);
        routes.get("/v1/fine_tuning/jobs/{id}/events", jobs::events);
        routes.get("/v1/fine_tuning/jobs/{id}/checkpoints", jobs::checkpoints);
    }
}
