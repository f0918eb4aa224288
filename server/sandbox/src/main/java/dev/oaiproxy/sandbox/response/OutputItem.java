package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import java.util.List;

/**
 * An item of a response's output other than the message.
 *
 * @param json the completed item
 * @param steps the states that a stream reports
 * @param extras the usage that it adds to the bill
 * @param tokens the input tokens that it adds
 */
record OutputItem(ObjectNode json, List<String> steps, List<ExtraUsage> extras, int tokens) {
    String type() {
        return json.path("type").asText();
    }

    /** The item while it is in progress. */
    ObjectNode begun() {
        ObjectNode begun = json.deepCopy();
        if (begun.has("status")) {
            begun.put("status", "in_progress");
        }
        return begun;
    }
}
