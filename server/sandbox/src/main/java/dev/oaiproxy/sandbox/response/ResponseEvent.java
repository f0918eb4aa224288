package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One event of a response.
 *
 * @param slow true if it takes the time of one token to produce
 * @param made the visible tokens so far
 * @param items the completed tool calls so far
 */
record ResponseEvent(ObjectNode event, boolean slow, int made, int items) {
    String type() {
        return event.path("type").asText();
    }

    boolean tellsState() {
        return event.has("response");
    }
}
