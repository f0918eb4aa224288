package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import java.util.List;

/**
 * One item of a response's output other than its words.
 *
 * @param json the item once it is done
 * @param steps the states that a stream reports of it
 * @param extras what it adds to the bill
 * @param tokens the tokens that it adds to the input
 */
record OutputItem(ObjectNode json, List<String> steps, List<ExtraUsage> extras, int tokens) {
    String type() {
        return json.path("type").asText();
    }

    /** The item while it is being made. */
    ObjectNode begun() {
        ObjectNode begun = json.deepCopy();
        if (begun.has("status")) {
            begun.put("status", "in_progress");
        }
        return begun;
    }
}
