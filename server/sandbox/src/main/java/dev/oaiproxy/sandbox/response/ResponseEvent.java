package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One event of a response.
 *
 * @param slow true when it takes the time of one token to make
 * @param made the tokens that can be seen by then
 * @param items the tool calls that are done by then
 */
record ResponseEvent(ObjectNode event, boolean slow, int made, int items) {
    String type() {
        return event.path("type").asText();
    }

    boolean tellsState() {
        return event.has("response");
    }
}
