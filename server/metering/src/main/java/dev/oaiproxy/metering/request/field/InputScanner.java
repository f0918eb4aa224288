package dev.oaiproxy.metering.request.field;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import java.util.Set;

/**
 * Scans a value for content that makes the input larger or dearer than its bytes suggest.
 *
 * <p>Text has at most one token per byte, and a token array takes at least two bytes per token. A
 * crafted image, file or sound can have more tokens than bytes, such as a WAV file with one sample
 * per second. A reference to an object at OpenAI can have any number of tokens.
 */
final class InputScanner {
    /** The part of the request that contains a value. */
    enum Part {
        /** The messages. Each part states its type, so an unknown type counts as unbounded. */
        MESSAGES,
        /** Any other part. Only a reference by name counts as unbounded. */
        OTHER
    }

    /** Members whose content is fetched, or is not encoded as text. */
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
                    "apply_patch_call_output",
                    "computer_call",
                    "computer_call_output",
                    "program",
                    "program_output",
                    "tool_search_call",
                    "tool_search_output",
                    "additional_tools",
                    "configuration_update",
                    "mcp_list_tools",
                    "mcp_call",
                    "mcp_approval_request",
                    "mcp_approval_response");

    /** Members that are text whatever the names inside them: arguments of tools, and citations. */
    private static final Set<String> TEXT =
            Set.of("arguments", "annotations", "input_schema", "output_schema", "parameters");

    private static final String SHORT_CACHE_WRITE = "30m";

    private final JsonParser in;
    private final byte[] body;
    private final RequestFactsBuilder facts;

    InputScanner(JsonParser in, byte[] body, RequestFactsBuilder facts) {
        this.in = in;
        this.body = body;
        this.facts = facts;
    }

    /** Scans a member from the start of its value to the end. */
    void member(Part part, String name) throws IOException {
        if (part == Part.MESSAGES && TEXT.contains(name)) {
            in.skipChildren();
            return;
        }
        look(part, name, in.currentToken());
        value(part);
    }

    /** True if OpenAI reads nothing beyond the content of an item of this type. */
    static boolean isBounded(String type) {
        return BOUNDED_TYPES.contains(type);
    }

    private void value(Part part) throws IOException {
        int depth = 0;
        do {
            JsonToken token = in.currentToken();
            if (token == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                token = in.nextToken();
                if (part == Part.MESSAGES && TEXT.contains(name)) {
                    in.skipChildren();
                    continue;
                }
                look(part, name, token);
            }
            if (isContentPart(part, token)) {
                new ContentPart(in, body, facts, this).read();
                continue;
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        } while (depth > 0 && in.nextToken() != null);
    }

    private boolean isContentPart(Part part, JsonToken token) {
        return part == Part.MESSAGES
                && token == JsonToken.START_OBJECT
                && ContentPart.isPlace(in.getParsingContext());
    }

    private void look(Part part, String name, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (ObjectReference.KINDS.containsKey(name)) {
            facts.bounded = false;
        } else if (CONTENT.contains(name)) {
            facts.bounded = false;
            facts.countable &= !isAddress(value);
        } else if (name.equals("ttl")) {
            // Any lifetime other than the short one counts as the long one, which is the dearest.
            facts.longCacheWrite |= !says(value, Set.of(SHORT_CACHE_WRITE));
        } else if (part == Part.MESSAGES && name.equals("tools")) {
            throw new MalformedException(
                    "This proxy does not accept tools inside messages; put them in 'tools'.",
                    "input");
        } else if (part == Part.MESSAGES) {
            facts.bounded &= !unbounded(name, value);
        }
    }

    /** Checks only the first byte, since the text of an image has no bound. */
    private boolean isAddress(JsonToken value) {
        if (value != JsonToken.VALUE_STRING) {
            return false;
        }
        return isAddress(body[(int) in.currentTokenLocation().getByteOffset() + 1]);
    }

    /** True if a text with this first byte may be a URL. */
    static boolean isAddress(byte first) {
        return first == 'h' || first == 'H' || first == '\\' || first == ' ';
    }

    private boolean unbounded(String name, JsonToken value) throws IOException {
        return switch (name) {
            case "type" -> !says(value, BOUNDED_TYPES);
            // An assistant's message names an earlier audio response by its id alone.
            case "audio" -> value == JsonToken.START_OBJECT;
            default -> false;
        };
    }

    private boolean says(JsonToken value, Set<String> texts) throws IOException {
        return value == JsonToken.VALUE_STRING && texts.contains(in.getText());
    }
}
