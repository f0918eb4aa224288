package dev.oaiproxy.sandbox.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Bill;
import dev.oaiproxy.sandbox.Bill.Ending;
import dev.oaiproxy.sandbox.Bill.Tokens;
import dev.oaiproxy.sandbox.call.BatchAnswer;
import dev.oaiproxy.sandbox.call.Call.Served;
import dev.oaiproxy.sandbox.call.Sandbox;
import dev.oaiproxy.sandbox.chat.BatchedChats;
import dev.oaiproxy.sandbox.media.BatchedImages;
import dev.oaiproxy.sandbox.response.BatchedResponses;

/** One request of a batch, which is answered as if it had come alone, at half the price. */
record BatchLine(String customId, String endpoint, JsonNode body) {
    /**
     * What has become of a line.
     *
     * @param line what the output or the error file says
     */
    record Result(boolean good, ObjectNode line, Tokens tokens) {}

    /** Answers the request, and notes on the bill what it costs. */
    Result run(Sandbox sandbox) {
        BatchAnswer answer = answer(sandbox);
        String requestId = "req_" + sandbox.nextId();
        boolean good = answer.status() == 200;
        sandbox.bill().add(entry(answer, requestId));
        ObjectNode line = frame(sandbox);
        line.putObject("response")
                .put("status_code", answer.status())
                .put("request_id", requestId)
                .set("body", answer.body());
        return new Result(good, line.putNull("error"), used(answer.served()));
    }

    /** What the batch says that the line has consumed: with images, which the bill has apart. */
    private static Tokens used(Served served) {
        Tokens tokens = served.tokens();
        return new Tokens(
                tokens.prompt() + images(served, "image_input"),
                tokens.cached(),
                tokens.cacheWrite(),
                tokens.completion() + images(served, "image_output"),
                tokens.reasoning());
    }

    private static int images(Served served, String unit) {
        return (int)
                served.extras().stream()
                        .filter(extra -> extra.model().equals(served.model()))
                        .filter(extra -> extra.unit().equals(unit))
                        .mapToLong(Bill.Extra::quantity)
                        .sum();
    }

    private Bill.Entry entry(BatchAnswer answer, String requestId) {
        Served served = answer.served();
        return new Bill.Entry(
                requestId,
                endpoint.substring("/v1/".length()),
                served.model(),
                served.tier(),
                served.tokens(),
                served.extras(),
                false,
                answer.status(),
                answer.status() == 200 ? Ending.COMPLETE : Ending.REFUSED);
    }

    private BatchAnswer answer(Sandbox sandbox) {
        return switch (endpoint) {
            case "/v1/responses" -> new BatchedResponses(sandbox).answer(body);
            case "/v1/images/generations" -> new BatchedImages(sandbox).answer(body);
            default -> new BatchedChats(sandbox).answer(endpoint, body);
        };
    }

    String model() {
        return body.path("model").asText();
    }

    /** What the error file says of a line that was not reached. */
    ObjectNode unreached(Sandbox sandbox, String status) {
        ObjectNode line = frame(sandbox).putNull("response");
        line.putObject("error")
                .put("code", "batch_" + status)
                .put("message", "This request was not executed before the batch ended.");
        return line;
    }

    private ObjectNode frame(Sandbox sandbox) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", "batch_req_" + sandbox.nextId())
                .put("custom_id", customId);
    }
}
