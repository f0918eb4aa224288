package dev.oaiproxy.sandbox.batch;

import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.Routes;

/** The paths of batches and of fine-tuning. */
public final class BatchRoutes {
    private BatchRoutes() {}

    public static void add(Routes routes, SandboxState sandbox) {
        BatchesHandler batches = new BatchesHandler(sandbox);
        ObjectStore<BatchRun> runs = sandbox.objects(BatchRun.class);
        routes.post("/v1/batches", batches::create);
        runs.serveList(routes, "/v1/batches", BatchRun::json);
        runs.serveEach(routes, "/v1/batches", "Batch", BatchRun::json);
        routes.post("/v1/batches/{id}/cancel", batches::cancel);
        String path = "/v1/fine_tuning/jobs";
        FineTuningHandler tuning = new FineTuningHandler(sandbox);
        ObjectStore<FineTuningJob> jobs = sandbox.objects(FineTuningJob.class);
        routes.post(path, tuning::create);
        jobs.serveList(routes, path, FineTuningJob::json);
        jobs.serveEach(routes, path, "Fine-tune", FineTuningJob::json);
        routes.post(path + "/{id}/cancel", tuning::cancel);
        routes.get(path + "/{id}/events", tuning::events);
        routes.get(path + "/{id}/checkpoints", tuning::checkpoints);
    }
}
