package dev.oaiproxy.sandbox.batch;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.StopSignal;
import dev.oaiproxy.sandbox.model.TextModel;
import dev.oaiproxy.sandbox.storage.StoredFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A running fine-tuning job.
 *
 * <p>Its directives: {@code delay} is the time before each status, {@code end} the final status.
 */
final class FineTuningJob implements Runnable {
    private static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");
    private static final Duration USUAL_DELAY = Duration.ofMillis(10);

    private final SandboxState sandbox;
    private final Directives directives;
    private static final JsonNode NONE = NullNode.getInstance();

    private final BilledCall call;
    private final String model;
    private final int epochs;
    private final StopSignal cancelled = new StopSignal();
    private final ObjectNode json = newObject();
    private final List<ObjectNode> events = new ArrayList<>();

    FineTuningJob(JsonNode request, Directives directives, SandboxState sandbox, BilledCall call) {
        this.sandbox = sandbox;
        this.directives = directives;
        this.call = call;
        this.model = request.path("model").asText();
        JsonNode inMethod = request.path("method").path("supervised").path("hyperparameters");
        JsonNode hyper = inMethod.isObject() ? inMethod : request.path("hyperparameters");
        this.epochs = hyper.path("n_epochs").asInt(3);
        json.put("object", "fine_tuning.job")
                .put("id", "ftjob-" + sandbox.nextId())
                .put("model", model)
                .put("created_at", sandbox.now())
                .putNull("fine_tuned_model")
                .put("organization_id", "org-sandbox")
                .put("status", "validating_files")
                .put("training_file", request.path("training_file").asText())
                .putNull("validation_file")
                .putNull("trained_tokens")
                .putNull("finished_at")
                .putNull("estimated_finish")
                .put("seed", request.path("seed").asInt(7));
        json.putArray("result_files");
        json.putArray("integrations");
        json.put("user_provided_suffix", request.path("suffix").asText(null));
        json.set("metadata", request.path("metadata").isObject() ? request.path("metadata") : NONE);
        json.putNull("usage_metrics").putNull("eval_id").put("shared_with_openai", false);
        json.set("error", NONE);
        ObjectNode chosen = newObject().put("n_epochs", epochs);
        chosen.put("batch_size", hyper.path("batch_size").asInt(1));
        chosen.put(
                "learning_rate_multiplier", hyper.path("learning_rate_multiplier").asDouble(1.8));
        json.set("hyperparameters", chosen);
        ObjectNode method = json.putObject("method").put("type", "supervised");
        method.putObject("supervised").set("hyperparameters", chosen);
        tell("Created fine-tuning job: " + id());
        tell("Validating training file: " + json.path("training_file").asText());
    }

    String id() {
        return json.path("id").asText();
    }

    synchronized ObjectNode json() {
        return json.deepCopy();
    }

    /** The events of the job, the oldest first. */
    synchronized List<ObjectNode> events() {
        return List.copyOf(events);
    }

    /** Stores the file with the metrics of each training step. */
    private StoredFile result() {
        byte[] steps = "step,train_loss\n1,0.5\n".getBytes(StandardCharsets.UTF_8);
        StoredFile file =
                StoredFile.of(sandbox.nextId(), "step_metrics.csv", "fine-tune-results", steps);
        sandbox.objects(StoredFile.class).put(file.id(), file);
        return file;
    }

    private void tell(String message) {
        events.add(
                newObject()
                        .put("object", "fine_tuning.job.event")
                        .put("id", "ftevent-" + sandbox.nextId())
                        .put("created_at", sandbox.now())
                        .put("level", "info")
                        .put("message", message)
                        .put("type", "message"));
    }

    /** Cancels it; returns false if it has ended. */
    boolean cancel() {
        boolean ended = end("cancelled", 0);
        cancelled.stop();
        return ended;
    }

    @Override
    public void run() {
        if (pause() || !status("queued") || pause() || !status("running") || pause()) {
            return;
        }
        String end = directives.end().orElse("succeeded");
        String file = json.path("training_file").asText();
        int tokens =
                sandbox.objects(StoredFile.class)
                        .find(file)
                        .map(stored -> tokens(stored.text()))
                        .orElse(0);
        end(end, end.equals("failed") ? 0 : (long) tokens * epochs);
    }

    private int tokens(String text) {
        return TextModel.named(model)
                .map(named -> sandbox.tokenizer().count(named, text))
                .orElse(0);
    }

    private synchronized boolean status(String status) {
        boolean open = !ENDED.contains(json.path("status").asText());
        if (open) {
            json.put("status", status);
            tell(message(status));
        }
        return open;
    }

    private static String message(String status) {
        return switch (status) {
            case "queued" -> "Files validated, moving job to queued state";
            case "running" -> "Fine-tuning job started";
            case "succeeded" -> "The job has successfully completed";
            default -> "The job has been " + status;
        };
    }

    private synchronized boolean end(String status, long tokens) {
        if (!status(status)) {
            return false;
        }
        json.put("finished_at", sandbox.now());
        if (tokens > 0) {
            json.put("trained_tokens", tokens);
            charge(tokens);
        }
        if (status.equals("succeeded")) {
            json.put("fine_tuned_model", "ft:" + model + ":org-sandbox::" + sandbox.nextId());
            json.withArray("result_files").add(result().id());
        }
        return true;
    }

    private void charge(long tokens) {
        ExtraUsage trained = new ExtraUsage("ft:" + model, "training", tokens);
        call.charge(
                new SandboxBill.ServedUsage("", "", TokenCounts.NONE, List.of(trained)),
                CallEnd.COMPLETE);
    }

    private boolean pause() {
        return !cancelled.pause(directives.delay().orElse(USUAL_DELAY));
    }
}
