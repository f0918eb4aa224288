package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.util.UUID;

/**
 * A limit on the output of a session's responses, set by this proxy because a longer output cannot
 * be paid. It takes effect once OpenAI confirms it.
 *
 * @param eventId the id of the event that sets it, which no client can use
 */
record OutputLimit(String eventId, long tokens) {
    /** The largest number that OpenAI accepts. */
    static final long LARGEST = 4_096;

    private static final String NAME = "max_output_tokens";

    /** The name of the limit in the beta of the API. */
    private static final String BETA_NAME = "max_response_output_tokens";

    static OutputLimit of(long tokens) {
        return new OutputLimit("event_" + UUID.randomUUID(), tokens);
    }

    /**
     * The limit in the settings of a session or response, under either name; a missing node when
     * there is none.
     */
    static JsonNode in(JsonNode settings) {
        JsonNode today = settings.path(NAME);
        return today.isMissingNode() ? settings.path(BETA_NAME) : today;
    }

    /** The name of the limit in a session: today's name, or the one of the beta. */
    static String nameIn(JsonNode session) {
        return session.has(BETA_NAME) ? BETA_NAME : NAME;
    }

    /** The event that sets the limit, under the given name. */
    WebSocketMessage update(String name) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode().put(name, tokens);
        if (name.equals(NAME)) {
            settings.put("type", "realtime");
        }
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("type", "session.update");
        event.put("event_id", eventId).set("session", settings);
        return new WebSocketMessage.Text(event.toString());
    }

    /** True when a session has this limit. */
    boolean isOf(JsonNode session) {
        JsonNode told = in(session);
        return told.isIntegralNumber() && told.asLong() == tokens;
    }

    /**
     * A client's event with a lower limit.
     *
     * @param where the member with the settings: {@code session} or {@code response}
     */
    static WebSocketMessage.Text lowered(JsonNode event, String where, long tokens) {
        ObjectNode whole = event.deepCopy();
        ObjectNode settings =
                whole.path(where) instanceof ObjectNode there ? there : whole.putObject(where);
        settings.put(nameIn(settings), tokens);
        return new WebSocketMessage.Text(whole.toString());
    }
}
