package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * One event of a response.
 *
 * @param delay the time that it takes
 * @param made the visible tokens so far
 * @param items the completed tool calls so far
 */
record ResponseEvent(ObjectNode event, Duration delay, int made, int items) {
    String type() {
        return event.path("type").asText();
    }

    boolean hasState() {
        return event.has("response");
    }
}
