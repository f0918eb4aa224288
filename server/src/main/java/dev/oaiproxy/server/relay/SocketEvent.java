package dev.oaiproxy.server.relay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.oaiproxy.server.catalogue.Splice;
import dev.oaiproxy.server.upstream.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The JSON of a conversation. */
final class SocketEvent {
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxStringLength(Message.MOST).build())
                    .build();

    /** A member that is there twice could mean one thing here and another to OpenAI. */
    private static final ObjectReader STRICT =
            JsonMapper.builder(FACTORY.copy())
                    .build()
                    .readerFor(JsonNode.class)
                    .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final ObjectReader LENIENT =
            JsonMapper.builder(FACTORY.copy()).build().readerFor(JsonNode.class);

    private SocketEvent() {}

    /** A client's event, whole; nothing when it is not a JSON object with a type. */
    static Optional<JsonNode> ofClient(Message message) {
        try {
            return message instanceof Message.Text said
                    ? Optional.of(STRICT.<JsonNode>readValue(said.text()))
                            .filter(event -> event.path("type").isTextual())
                    : Optional.empty();
        } catch (IOException malformed) {
            return Optional.empty();
        }
    }

    /** The type of an event of OpenAI's, found without reading the rest; empty when it has none. */
    static String type(String event) {
        try (JsonParser json = FACTORY.createParser(event)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return "";
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = json.currentName().equals("type");
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

    /** An event of OpenAI's, whole. */
    static JsonNode whole(String event) {
        try {
            return LENIENT.readValue(event);
        } catch (IOException malformed) {
            return MissingNode.getInstance();
        }
    }

    /** An event as bytes. */
    static byte[] bytes(JsonNode event) {
        return event.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** How many bytes a text in base64 stands for. */
    static long decoded(JsonNode base64) {
        String text = base64.asText();
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        return end * 3L / 4;
    }

    /** A client's event with an id of ours, by which OpenAI's complaints about it are known. */
    static Message withId(Message.Text event, String id) {
        byte[] named =
                Splice.with(event.text().getBytes(StandardCharsets.UTF_8), "event_id", quoted(id));
        return new Message.Text(new String(named, StandardCharsets.UTF_8));
    }

    /** An event of OpenAI's with another id in the place of ours. */
    static Message renamed(Message.Text event, String own, String other) {
        return new Message.Text(event.text().replace(quoted(own), quoted(other)));
    }

    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }
}
