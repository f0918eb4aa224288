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
        /** The items of a response's input: as messages, and each must say what it is. */
        ITEMS,
        /** Anything else, where only a reference by name is taken as unbounded. */
        OTHER
    }

    /** What is fetched, or stands in another encoding than text. */
    private static final Set<String> CONTENT =
            Set.of("image_url", "image_file", "file", "file_url", "file_data");

    private static final Set<String> BOUNDED_TYPES =
            Set.of(
                    "message",
                    "text",
                    "input_text",
                    "output_text",
                    "summary_text",
                    "reasoning_text",
                    "refusal",
                    "input_audio",
                    "function",
                    "custom",
                    "reasoning",
                    "function_call",
                    "function_call_output",
                    "custom_tool_call",
                    "custom_tool_call_output",
                    "local_shell_call",
                    "local_shell_call_output",
                    "shell_call",
                    "shell_call_output",
                    "apply_patch_call",
                    "apply_patch_call_output");

    /** Names an item of some answer without saying whose answer it is. */
    private static final String ITEM_REFERENCE = "item_reference";

    /** An item of the list of messages is an object in an array. */
    private static final int ITEM_DEPTH = 2;

    private static final int LONGEST_ID = 128;

    private static final String SHORT_CACHE_WRITE = "30m";

    private final JsonParser in;
    private final Found found;

    /** Whether the item that the parser is in says what it is. */
    private boolean described;

    InputScan(JsonParser in, Found found) {
        this.in = in;
        this.found = found;
    }

    /** Goes through a member whose value the parser stands on, to the value's end. */
    void member(Part part, String name) throws IOException {
        if (!looked(part, name, in.currentToken())) {
            value(part);
        }
    }

    private void value(Part part) throws IOException {
        int depth = 0;
        do {
            JsonToken token = in.currentToken();
            if (token == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                describe(depth, name, in.nextToken());
                if (looked(part, name, in.currentToken())) {
                    continue;
                }
                token = in.currentToken();
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            checkItem(part, depth, token);
        } while (depth > 0 && in.nextToken() != null);
    }

    private void describe(int depth, String name, JsonToken value) {
        boolean kind = name.equals("type") || name.equals("role");
        described |= depth == ITEM_DEPTH && kind && value == JsonToken.VALUE_STRING;
    }

    /** An item that says nothing but an id is a reference, too. */
    private void checkItem(Part part, int depth, JsonToken token) throws IOException {
        if (depth == ITEM_DEPTH && token == JsonToken.START_OBJECT) {
            described = false;
        }
        boolean end = depth == ITEM_DEPTH - 1 && token == JsonToken.END_OBJECT;
        if (end && part == Part.ITEMS && !described) {
            throw itemReference();
        }
    }

    /** Looks at a member; true when its value has been read to the end. */
    private boolean looked(Part part, String name, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return true;
        }
        if (References.NAMES.contains(name)) {
            found.bounded = false;
            return referred(name, value);
        }
        if (CONTENT.contains(name)) {
            found.bounded = false;
            found.countable &= !isAddress(value);
        } else if (name.equals("ttl")) {
            // Any lifetime but the short one is taken for the long one, which is the dearest.
            found.longCacheWrite |= !says(value, Set.of(SHORT_CACHE_WRITE));
        } else if (part != Part.OTHER) {
            found.bounded &= !unbounded(name, value);
        }
        return false;
    }

    private boolean isAddress(JsonToken value) throws IOException {
        return value == JsonToken.VALUE_STRING && in.getTextCharacters()[in.getTextOffset()] == 'h';
    }

    /** Notes an id, or a list of them; an object under such a name is looked through. */
    private boolean referred(String name, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            return value == JsonToken.VALUE_STRING && noted(name);
        }
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (!in.hasToken(JsonToken.VALUE_STRING)) {
                throw MalformedException.value(name, "a list of ids");
            }
            noted(name);
        }
        return true;
    }

    private boolean noted(String name) throws IOException {
        if (in.getTextLength() > LONGEST_ID) {
            throw MalformedException.value(name, "an id");
        }
        found.references.add(in.getText());
        return true;
    }

    private boolean unbounded(String name, JsonToken value) throws IOException {
        return switch (name) {
            case "type" -> isUnboundedType(value);
            // An assistant's message names an earlier answer of audio by its id alone.
            case "audio" -> value == JsonToken.START_OBJECT;
            default -> false;
        };
    }

    private boolean isUnboundedType(JsonToken value) throws IOException {
        if (says(value, Set.of(ITEM_REFERENCE))) {
            throw itemReference();
        }
        return !says(value, BOUNDED_TYPES);
    }

    private static MalformedException itemReference() {
        return new MalformedException(
                "This proxy cannot tell whose an item is that is named by its id alone; send the"
                        + " item itself with its type or role, or use previous_response_id.",
                "input");
    }

    private boolean says(JsonToken value, Set<String> texts) throws IOException {
        return value == JsonToken.VALUE_STRING && texts.contains(in.getText());
    }
}
