package dev.oaiproxy.sandbox.batch;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** The state of a batch, as its JSON. */
final class BatchState {
    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");
    private static final long WINDOW_SECONDS = 24 * 60 * 60;
    private static final List<String> TIMES =
            List.of(
                    "in_progress_at",
                    "finalizing_at",
                    "completed_at",
                    "failed_at",
                    "expired_at",
                    "cancelling_at",
                    "cancelled_at");

    private final ObjectNode json = newObject();

    BatchState(String id, JsonNode request) {
        json.put("id", id)
                .put("object", "batch")
                .put("endpoint", request.path("endpoint").asText())
                .putNull("model")
                .putNull("errors")
                .put("input_file_id", request.path("input_file_id").asText())
                .put("completion_window", "24h")
                .put("status", "validating")
                .putNull("output_file_id")
                .putNull("error_file_id")
                .put("created_at", now())
                .put("expires_at", now() + WINDOW_SECONDS);
        TIMES.forEach(json::putNull);
        count(0, 0, 0);
        usage(TokenCounts.NONE);
        JsonNode metadata = request.path("metadata");
        json.set("metadata", metadata.isObject() ? metadata : NullNode.getInstance());
    }

    synchronized ObjectNode json() {
        return json.deepCopy();
    }

    String status() {
        return json().path("status").asText();
    }

    /**
     * Enters a status. Returns false if the batch has ended, or if it is being cancelled and this
     * is not {@code cancelled}.
     */
    synchronized boolean enter(String status) {
        String now = json.path("status").asText();
        boolean stuck = ENDED.contains(now) || now.equals("cancelling");
        if (stuck && !(now.equals("cancelling") && status.equals("cancelled"))) {
            return false;
        }
        json.put("status", status).put(status + "_at", now());
        return true;
    }

    void count(int total, int completed, int failed) {
        replace(
                "request_counts",
                newObject().put("total", total).put("completed", completed).put("failed", failed));
    }

    void usage(TokenCounts tokens) {
        ObjectNode usage = newObject();
        usage.put("input_tokens", tokens.prompt());
        usage.putObject("input_tokens_details").put("cached_tokens", tokens.cached());
        usage.put("output_tokens", tokens.completion());
        usage.putObject("output_tokens_details").put("reasoning_tokens", tokens.reasoning());
        usage.put("total_tokens", tokens.prompt() + tokens.completion());
        replace("usage", usage);
    }

    synchronized void replace(String member, JsonNode value) {
        json.set(member, value);
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }
}
