package dev.oaiproxy.metering.request.json;

import java.io.ByteArrayOutputStream;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Edits one member of a JSON object in its bytes. All other bytes stay the same, because members
 * that this proxy does not know must reach OpenAI unchanged.
 *
 * <p>It works on bodies that {@code RequestScanner} has accepted.
 */
public final class JsonEdit {
    private JsonEdit() {}

    /**
     * Sets a top-level member. A present member keeps its position, and each occurrence is
     * replaced, so that no two parsers read different values. A new member is inserted at the
     * start.
     *
     * @param rawValue the new value as JSON
     * @throws IllegalArgumentException if {@code json} is not a JSON object in UTF-8
     */
    public static byte[] with(byte[] json, String member, String rawValue) {
        return new JsonEdits().with(member, rawValue).in(json);
    }

    /**
     * Sets a top-level member if it is missing or null.
     *
     * @param rawValue the value as JSON
     * @throws IllegalArgumentException if {@code json} is not a JSON object in UTF-8
     */
    public static byte[] withDefault(byte[] json, String member, String rawValue) {
        return new JsonEdits().withDefault(member, rawValue).in(json);
    }

    /**
     * Keeps the top-level members with these names, and drops all others.
     *
     * @throws IllegalArgumentException if {@code json} is not a JSON object in UTF-8
     */
    public static byte[] only(byte[] json, Set<String> members) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length);
        out.write('{');
        for (String member : members) {
            for (JsonEdits.Span value : JsonEdits.spans(json, member)) {
                if (out.size() > 1) {
                    out.write(',');
                }
                out.writeBytes(JsonEdits.name(member));
                out.write(json, value.from(), value.to() - value.from());
            }
        }
        out.write('}');
        return out.toByteArray();
    }

    /**
     * Requests the usage chunk of a stream: sets {@code stream_options.include_usage} to true, and
     * keeps the other stream options.
     *
     * @throws IllegalArgumentException if {@code json} is not a JSON object in UTF-8, or its {@code
     *     stream_options} are neither an object nor null
     */
    public static byte[] withIncludeUsage(byte[] json) {
        return new JsonEdits().withIncludeUsage().in(json);
    }

    /**
     * Replaces every occurrence of a top-level text; a missing member stays missing. A text that
     * only gets a prefix keeps its bytes, because half of a surrogate pair, which JSON can write as
     * an escape, has no bytes in UTF-8.
     *
     * @param text makes the new text from the old one
     * @throws IllegalArgumentException if {@code json} is not a JSON object in UTF-8
     */
    public static byte[] withText(byte[] json, String member, UnaryOperator<String> text) {
        return new JsonEdits().withText(member, text).in(json);
    }

    /**
     * Limits the output of each choice of a chat, by the member that the request uses for it.
     *
     * @throws IllegalArgumentException if {@code json} is not a JSON object in UTF-8
     */
    public static byte[] withOutputLimit(byte[] json, long tokens) {
        return new JsonEdits().withOutputLimit(tokens).in(json);
    }
}
