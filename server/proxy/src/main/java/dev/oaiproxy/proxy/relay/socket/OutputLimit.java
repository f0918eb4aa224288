package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.util.List;
import java.util.UUID;

/**
 * A limit on the output of a session's responses that this proxy has OpenAI set, because no more
 * can be paid for. It counts from when OpenAI says that the session has it.
 *
 * @param eventId the id of the event that sets it, which no client can give to another one
 */
record OutputLimit(String eventId, long tokens) {
    /** The largest that OpenAI takes as a number. */
    static final long LARGEST = 4_096;

    private static final String NAME = "max_output_tokens";

    /** Its name in the beta of the API. */
    private static final String BETA_NAME = "max_response_output_tokens";

    private static final List<String> NAMES = List.of(NAME, BETA_NAME);

    static OutputLimit of(long tokens) {
        return new OutputLimit("event_" + UUID.randomUUID(), tokens);
    }

    /** What a session, or a response, says of it in either way; missing where it says nothing. */
    static JsonNode in(JsonNode settings) {
        JsonNode today = settings.path(NAME);
        return today.isMissingNode() ? settings.path(BETA_NAME) : today;
    }

    /** Whether it is said in both ways. */
    static boolean isAmbiguous(JsonNode settings) {
        return NAMES.stream().allMatch(settings::has);
    }

    /** How a session names it, be it of today or of the beta. */
    static String nameIn(JsonNode session) {
        return session.has(BETA_NAME) ? BETA_NAME : NAME;
    }

    /** The event that sets it, by the name that the session has for it. */
    WebSocketMessage update(String name) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode().put(name, tokens);
        if (name.equals(NAME)) {
            settings.put("type", "realtime");
        }
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("type", "session.update");
        event.put("event_id", eventId).set("session", settings);
        return new WebSocketMessage.Text(event.toString());
    }

    /** Whether a session has it. */
    boolean isOf(JsonNode session) {
        JsonNode told = in(session);
        return told.isIntegralNumber() && told.asLong() == tokens;
    }

    /**
     * A client's event with a lower limit in the place of its own.
     *
     * @param where the settings in it: those of the session, or of the response
     */
    static WebSocketMessage.Text lowered(JsonNode event, String where, long tokens) {
        ObjectNode whole = event.deepCopy();
        ObjectNode settings =
                whole.path(where) instanceof ObjectNode there ? there : whole.putObject(where);
        settings.put(nameIn(settings), tokens);
        return new WebSocketMessage.Text(whole.toString());
    }
}
