package dev.oaiproxy.server.catalogue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Set;

/**
 * Looks through a value for what makes the input larger, or dearer, than its bytes tell.
 *
 * <p>Text has at most one token a byte, a token array at least two bytes a token, and base64 audio
 * hundreds of bytes a token. An image or a file has more tokens than bytes when it is small and
 * clever, and a reference to something that OpenAI keeps has any number.
 */
final class InputScan {
    /** Where a value stands in the request. */
    enum Part {
        /** The messages: each part says its type, so an unknown type is taken as unbounded. */
        MESSAGES,
        /** Anything else, where only a reference by name is taken as unbounded. */
        OTHER
    }

    private static final Set<String> REFERENCES =
            Set.of(
                    "image_url",
                    "image_file",
                    "file",
                    "file_id",
                    "file_ids",
                    "file_url",
                    "file_data");

    private static final Set<String> BOUNDED_TYPES =
            Set.of(
                    "text",
                    "input_text",
                    "output_text",
                    "refusal",
                    "input_audio",
                    "function",
                    "custom");

    private static final String SHORT_CACHE_WRITE = "30m";

    private final JsonParser in;
    private boolean bounded = true;
    private boolean longCacheWrite;

    InputScan(JsonParser in) {
        this.in = in;
    }

    /** False once something was seen whose tokens the body's bytes do not bound. */
    boolean bounded() {
        return bounded;
    }

    /** True once a cache lifetime was seen that is not the short one, which is the cheapest. */
    boolean longCacheWrite() {
        return longCacheWrite;
    }

    /** Goes through a member whose value the parser stands on, to the value's end. */
    void member(Part part, String name) throws IOException {
        look(part, name, in.currentToken());
        value(part);
    }

    private void value(Part part) throws IOException {
        int depth = 0;
        do {
            JsonToken token = in.currentToken();
            if (token == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                token = in.nextToken();
                look(part, name, token);
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        } while (depth > 0 && in.nextToken() != null);
    }

    private void look(Part part, String name, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (REFERENCES.contains(name)) {
            bounded = false;
        } else if (name.equals("ttl")) {
            longCacheWrite |= !says(value, Set.of(SHORT_CACHE_WRITE));
        } else if (part == Part.MESSAGES) {
            bounded &= !unbounded(name, value);
        }
    }

    private boolean unbounded(String name, JsonToken value) throws IOException {
        return switch (name) {
            case "type" -> !says(value, BOUNDED_TYPES);
            // An assistant's message names an earlier answer of audio by its id alone.
            case "audio" -> value == JsonToken.START_OBJECT;
            default -> false;
        };
    }

    private boolean says(JsonToken value, Set<String> texts) throws IOException {
        return value == JsonToken.VALUE_STRING && texts.contains(in.getText());
    }
}
