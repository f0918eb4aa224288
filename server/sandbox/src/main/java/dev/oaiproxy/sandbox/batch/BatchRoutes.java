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

    private static void addTuning(Routes routes, FineTuningHandler tuning) {
        routes.post("/v1/fine_tuning/jobs", tuning::create);
        routes.get("/v1/fine_tuning/jobs", tuning::list);
        routes.get("/v1/fine_tuning/jobs/{id}", tuning::show);
        routes.post("/v1/fine_tuning/jobs/{id}/cancel", tuning::cancel);
        routes.get("/v1/fine_tuning/jobs/{id}/events", tuning::events);
        routes.get("/v1/fine_tuning/jobs/{id}/checkpoints", tuning::checkpoints);
    }
}
