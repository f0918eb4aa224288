package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.metering.request.json.JsonEdit;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads and edits the JSON events of a session. */
final class SocketEvent {
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxStringLength(WebSocketMessage.MOST)
                                    .build())
                    .build();

    /** Refuses duplicate members, since one could mean one thing here and another to OpenAI. */
    private static final ObjectReader STRICT =
            JsonMapper.builder(FACTORY.copy())
                    .build()
                    .readerFor(JsonNode.class)
                    .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final ObjectReader LENIENT =
            JsonMapper.builder(FACTORY.copy()).build().readerFor(JsonNode.class);

    private SocketEvent() {}

    /**
     * Reads a client's event, and passes it to the meter.
     *
     * @param lease the memory of the session
     * @param meter handles the event; its refusal is sent to the client with the event's id
     * @throws NoRoomException when there is no memory for it
     */
    static MessageAction read(
            WebSocketMessage message, Lease lease, Function<JsonNode, MessageAction> meter) {
        try (Lease tree = lease.another()) {
            Optional<JsonNode> event = ofClient(message, tree);
            try {
                return meter.apply(event.orElseThrow(SocketEvent::notAnEvent));
            } catch (RefusedException e) {
                String id = event.map(json -> json.path("event_id").asText(null)).orElse(null);
                return new MessageAction.Deny(e.refusal(), id);
            }
        }
    }

    private static RefusedException notAnEvent() {
        return RefusedException.malformed("An event must be a JSON object with a type.", null);
    }

    /** A client's event; empty when the message is not a JSON object with a type. */
    private static Optional<JsonNode> ofClient(WebSocketMessage message, Lease lease) {
        try {
            return message instanceof WebSocketMessage.Text said
                    ? Optional.of(tree(STRICT, said.text(), lease, Use.SOCKET_MESSAGE))
                            .filter(event -> event.path("type").isTextual())
                    : Optional.empty();
        } catch (IOException malformed) {
            return Optional.empty();
        }
    }

    /** The type of an event from OpenAI, found without reading the rest; empty when it has none. */
    static String type(String event) {
        return text(event, "type");
    }

    /**
     * A top-level text of an event from OpenAI, found without reading the rest; empty when it has
     * none.
     */
    static String text(String event, String name) {
        try (JsonParser json = FACTORY.createParser(event)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return "";
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = json.currentName().equals(name);
                if (json.nextToken() == JsonToken.VALUE_STRING && found) {
                    return json.getText();
                }
                json.skipChildren();
            }
            return "";
        } catch (IOException malformed) {
            return "";
        }
    }

    /**
     * An event from OpenAI as a tree.
     *
     * @throws NoRoomException when there is no memory for it
     */
    static JsonNode whole(String event, Lease lease) {
        try {
            return tree(LENIENT, event, lease, Use.RESPONSE);
        } catch (IOException malformed) {
            return MissingNode.getInstance();
        }
    }

    private static JsonNode tree(ObjectReader reader, String event, Lease lease, Use use)
            throws IOException {
        // Memory for the texts in the tree, in characters of two bytes.
        lease.require(use, 2L * event.length());
        try (JsonParser json = new PaidParser(FACTORY.createParser(event), lease, use)) {
            JsonNode tree = reader.readValue(json);
            return tree == null ? MissingNode.getInstance() : tree;
        }
    }

    /** Takes memory for each token: a tree takes many times the memory of its text. */
    private static final class PaidParser extends JsonParserDelegate {
        private static final long BYTES_PER_TOKEN = 128;
        private static final int TOKENS_AT_ONCE = 64;

        private final Lease lease;
        private final Use use;
        private int paid;

        PaidParser(JsonParser parser, Lease lease, Use use) {
            super(parser);
            this.lease = lease;
            this.use = use;
        }

        @Override
        public @Nullable JsonToken nextToken() throws IOException {
            pay();
            return super.nextToken();
        }

        @Override
        public @Nullable String nextFieldName() throws IOException {
            return nextToken() == JsonToken.FIELD_NAME ? currentName() : null;
        }

        private void pay() {
            if (paid == 0) {
                lease.require(use, BYTES_PER_TOKEN * TOKENS_AT_ONCE);
                paid = TOKENS_AT_ONCE;
            }
            paid--;
        }
    }

    static byte[] bytes(JsonNode event) {
        return event.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The number of bytes that a base64 text encodes. */
    static long decoded(JsonNode base64) {
        String text = base64.asText();
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        return end * 3L / 4;
    }

    /** A client's event with an id of this proxy, which marks OpenAI's errors about it. */
    static WebSocketMessage withId(WebSocketMessage.Text event, String id) {
        byte[] named =
                JsonEdit.with(
                        event.text().getBytes(StandardCharsets.UTF_8), "event_id", quoted(id));
        return new WebSocketMessage.Text(new String(named, StandardCharsets.UTF_8));
    }

    /** An event from OpenAI with another id in place of this proxy's. */
    static WebSocketMessage renamed(WebSocketMessage.Text event, String own, String other) {
        return new WebSocketMessage.Text(event.text().replace(quoted(own), quoted(other)));
    }

    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }
}
