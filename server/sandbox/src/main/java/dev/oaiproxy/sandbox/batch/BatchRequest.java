package dev.oaiproxy.sandbox.batch;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BatchResponse;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.chat.BatchedChats;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.media.ImagesHandler;
import dev.oaiproxy.sandbox.response.ResponsesHandler;

/** One request of a batch, answered like a single request at half the price. */
record BatchRequest(String customId, String endpoint, JsonNode body) {
    /**
     * The result of a request.
     *
     * @param line the line of the output file or error file
     */
    record BatchLineResult(boolean good, ObjectNode line, TokenCounts tokens) {}

    BatchLineResult run(SandboxState sandbox) {
        BatchResponse response = answer(sandbox);
        String requestId = "req_" + sandbox.nextId();
        boolean good = response.status() == 200;
        sandbox.bill().add(entry(response, requestId));
        ObjectNode line = frame(sandbox);
        line.putObject("response")
                .put("status_code", response.status())
                .put("request_id", requestId)
                .set("body", response.body());
        return new BatchLineResult(good, line.putNull("error"), used(response.served()));
    }

    /** The usage in the batch, which includes images. The bill lists them separately. */
    private static TokenCounts used(ServedUsage served) {
        TokenCounts tokens = served.tokens();
        return new TokenCounts(
                tokens.prompt() + images(served, "image_input"),
                tokens.cached(),
                tokens.cacheWrite(),
                tokens.completion() + images(served, "image_output"),
                tokens.reasoning());
    }

    private static int images(ServedUsage served, String unit) {
        return (int)
                served.extras().stream()
                        .filter(extra -> extra.model().equals(served.model()))
                        .filter(extra -> extra.unit().equals(unit))
                        .mapToLong(SandboxBill.ExtraUsage::quantity)
                        .sum();
    }

    private SandboxBill.BillEntry entry(BatchResponse response, String requestId) {
        return new SandboxBill.BillEntry(
                requestId,
                endpoint.substring("/v1/".length()),
                response.served(),
                false,
                response.status(),
                response.status() == 200 ? CallEnd.COMPLETE : CallEnd.REFUSED);
    }

    private BatchResponse answer(SandboxState sandbox) {
        try {
            return switch (endpoint) {
                case "/v1/responses" -> new ResponsesHandler(sandbox).answerBatched(body);
                case "/v1/images/generations" -> new ImagesHandler(sandbox).answerBatched(body);
                default -> new BatchedChats(sandbox).answer(endpoint, body);
            };
        } catch (ApiError refused) {
            return BatchResponse.refusal(refused);
        }
    }

    String model() {
        return body.path("model").asText();
    }

    /** The line of the error file for a request that was not executed. */
    ObjectNode unreached(SandboxState sandbox, String status) {
        ObjectNode line = frame(sandbox).putNull("response");
        line.putObject("error")
                .put("code", "batch_" + status)
                .put("message", "This request was not executed before the batch ended.");
        return line;
    }

    private ObjectNode frame(SandboxState sandbox) {
        return newObject().put("id", "batch_req_" + sandbox.nextId()).put("custom_id", customId);
    }
}
