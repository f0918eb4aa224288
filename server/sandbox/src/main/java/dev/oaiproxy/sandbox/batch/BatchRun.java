package dev.oaiproxy.sandbox.batch;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.StopSignal;
import dev.oaiproxy.sandbox.model.TextModel;
import dev.oaiproxy.sandbox.storage.StoredFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A running batch.
 *
 * <p>Its directives: {@code delay} is the time before each line and each status, {@code end} the
 * final status, {@code after} the number of lines executed before it expires.
 */
final class BatchRun implements Runnable {
    private static final Duration USUAL_DELAY = Duration.ofMillis(10);

    private final String id;
    private final JsonNode request;
    private final Directives directives;
    private final SandboxState sandbox;
    private final BatchState state;
    private final StopSignal cancelled = new StopSignal();
    private final List<ObjectNode> output = new ArrayList<>();
    private final List<ObjectNode> errors = new ArrayList<>();
    private TokenCounts used = TokenCounts.NONE;

    BatchRun(JsonNode request, Directives directives, SandboxState sandbox) {
        this.id = "batch_" + sandbox.nextId();
        this.request = request;
        this.directives = directives;
        this.sandbox = sandbox;
        this.state = new BatchState(id, request);
    }

    String id() {
        return id;
    }

    /** A batch from before September 2025 has no usage. */
    ObjectNode json() {
        ObjectNode json = state.json();
        if (directives.fault() == InjectedFault.NO_USAGE) {
            json.remove("usage");
        }
        return json;
    }

    /** The model of its lines, by its name in responses. */
    private static JsonNode model(List<BatchRequest> lines) {
        String asked = lines.getFirst().body().path("model").asText();
        return TextNode.valueOf(TextModel.named(asked).map(TextModel::snapshot).orElse(asked));
    }

    /** Cancels it before its next line; returns false if it has ended. */
    boolean cancel() {
        boolean stopping = state.enter("cancelling") || state.status().equals("cancelling");
        cancelled.stop();
        return stopping;
    }

    @Override
    public void run() {
        String file = request.path("input_file_id").asText();
        String text = sandbox.objects(StoredFile.class).find(file).map(StoredFile::text).orElse("");
        BatchInput input = BatchInput.of(text, request.path("endpoint").asText());
        pause();
        if (!input.errors().isEmpty() || wants("failed")) {
            fail(input);
            return;
        }
        if (state.enter("in_progress")) {
            state.replace("model", model(input.lines()));
            work(input.lines());
        }
        finish(input.lines());
    }

    private boolean wants(String end) {
        return directives.end().orElse("completed").equals(end);
    }

    private void fail(BatchInput input) {
        ObjectNode all = newObject().put("object", "list");
        all.putArray("data").addAll(input.errors());
        state.replace("errors", all);
        state.enter("failed");
    }

    private void work(List<BatchRequest> lines) {
        state.count(lines.size(), 0, 0);
        int reached = wants("expired") ? Math.min(directives.after(), lines.size()) : lines.size();
        for (int i = 0; i < reached && !pause(); i++) {
            BatchRequest.BatchLineResult result = lines.get(i).run(sandbox);
            (result.good() ? output : errors).add(result.line());
            used = sum(used, result.tokens());
            state.count(lines.size(), output.size(), errors.size());
            state.usage(used);
        }
    }

    /** Ends the batch. Lines that were not executed cost nothing. */
    private void finish(List<BatchRequest> lines) {
        if (!wants("expired") && state.enter("finalizing")) {
            pause();
        }
        String end =
                state.status().equals("cancelling")
                        ? "cancelled"
                        : wants("expired") ? "expired" : "completed";
        int reached = output.size() + errors.size();
        lines.stream().skip(reached).forEach(line -> errors.add(line.unreached(sandbox, end)));
        keep("output", output);
        keep("error", errors);
        if (!state.enter(end)) {
            state.enter("cancelled");
        }
    }

    private void keep(String kind, List<ObjectNode> lines) {
        if (lines.isEmpty()) {
            return;
        }
        String text = lines.stream().map(line -> line + "\n").collect(Collectors.joining());
        StoredFile file =
                StoredFile.of(
                        sandbox.nextId(),
                        id + "_" + kind + ".jsonl",
                        "batch_output",
                        text.getBytes(StandardCharsets.UTF_8));
        JsonNode seconds = request.path("output_expires_after").path("seconds");
        StoredFile kept = seconds.isInt() ? file.expiringAfter(seconds.asLong()) : file;
        sandbox.objects(StoredFile.class).put(kept.id(), kept);
        state.replace(kind + "_file_id", TextNode.valueOf(kept.id()));
    }

    private static TokenCounts sum(TokenCounts one, TokenCounts other) {
        return new TokenCounts(
                one.prompt() + other.prompt(),
                one.cached() + other.cached(),
                one.cacheWrite() + other.cacheWrite(),
                one.completion() + other.completion(),
                one.reasoning() + other.reasoning());
    }

    /** Waits; returns true if the batch is cancelled. */
    private boolean pause() {
        return !cancelled.pause(directives.delay().orElse(USUAL_DELAY));
    }
}
