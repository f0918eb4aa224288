package dev.oaiproxy.metering.request.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Edits one member of a JSON object in its bytes. All other bytes stay the same, because members
 * that this proxy does not know must reach OpenAI unchanged.
 *
 * <p>It works on bodies that {@code RequestScanner} has accepted.
 */
public final class JsonEdit {
    private static final byte[] ABSENT = {};
    private static final byte[] INCLUDE_USAGE = "{\"include_usage\":true}".getBytes(UTF_8);

    private JsonEdit() {}

    private record Span(int from, int to) {}

    /**
     * The positions of a member's values.
     *
     * @param inside the offset after the opening brace
     * @param empty true if the object has no members at all
     */
    private record Places(int inside, boolean empty, List<Span> values) {}

    /**
     * Sets a top-level member. A present member keeps its position, and each occurrence is
     * replaced, so that no two parsers read different values. A new member is inserted at the
     * start.
     *
     * @param rawValue the new value as JSON
     * @throws IllegalArgumentException if {@code json} is not a JSON object in UTF-8
     */
    public static byte[] with(byte[] json, String member, String rawValue) {
        byte[] value = rawValue.getBytes(UTF_8);
        return edit(json, member, old -> value);
    }

    /**
     * Sets a top-level member if it is missing or null.
     *
     * @param rawValue the value as JSON
     * @throws IllegalArgumentException if {@code json} is not a JSON object in UTF-8
     */
    public static byte[] withDefault(byte[] json, String member, String rawValue) {
        byte[] value = rawValue.getBytes(UTF_8);
        Places places = places(json, member);
        boolean said = places.values.stream().anyMatch(span -> json[span.from] != 'n');
        return said ? json : edit(json, member, old -> value);
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
            for (Span value : places(json, member).values) {
                if (out.size() > 1) {
                    out.write(',');
                }
                insert(out, member, Arrays.copyOfRange(json, value.from, value.to));
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
        return edit(json, "stream_options", JsonEdit::includingUsage);
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
        if (places(json, member).values.isEmpty()) {
            return json;
        }
        return edit(json, member, old -> old[0] == '"' ? text(old, text) : old);
    }

    private static byte[] text(byte[] old, UnaryOperator<String> text) {
        String before = unquoted(old);
        String after = text.apply(before);
        boolean prefixed = after.endsWith(before);
        String fresh = prefixed ? after.substring(0, after.length() - before.length()) : after;
        byte[] escaped = JsonStringEncoder.getInstance().quoteAsUTF8(fresh);
        ByteArrayOutputStream quoted = new ByteArrayOutputStream(old.length + escaped.length + 2);
        quoted.write('"');
        quoted.writeBytes(escaped);
        if (prefixed) {
            quoted.write(old, 1, old.length - 2);
        }
        quoted.write('"');
        return quoted.toByteArray();
    }

    private static String unquoted(byte[] string) {
        try (JsonParser in = RequestJson.EDITING.createParser(string)) {
            in.nextToken();
            return in.getText();
        } catch (IOException e) {
            throw new IllegalArgumentException("not a string: " + e.getClass().getSimpleName());
        }
    }

    /**
     * Limits the output of each choice of a chat, by the member that the request uses for it.
     *
     * @throws IllegalArgumentException if {@code json} is not a JSON object in UTF-8
     */
    public static byte[] withOutputLimit(byte[] json, long tokens) {
        String limit = Long.toString(tokens);
        boolean old = !places(json, "max_tokens").values.isEmpty();
        boolean current = !places(json, "max_completion_tokens").values.isEmpty();
        byte[] limited = old ? with(json, "max_tokens", limit) : json;
        return old && !current ? limited : with(limited, "max_completion_tokens", limit);
    }

    private static byte[] includingUsage(byte[] old) {
        boolean none = old.length == 0 || old[0] == 'n';
        return none ? INCLUDE_USAGE : with(old, "include_usage", "true");
    }

    private static byte[] edit(byte[] json, String member, UnaryOperator<byte[]> value) {
        Places places = places(json, member);
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 64);
        int copied = 0;
        if (places.values.isEmpty()) {
            out.write(json, 0, places.inside);
            insert(out, member, value.apply(ABSENT));
            if (!places.empty) {
                out.write(',');
            }
            copied = places.inside;
        }
        for (Span span : places.values) {
            out.write(json, copied, span.from - copied);
            out.writeBytes(value.apply(Arrays.copyOfRange(json, span.from, span.to)));
            copied = span.to;
        }
        out.write(json, copied, json.length - copied);
        return out.toByteArray();
    }

    private static void insert(ByteArrayOutputStream out, String member, byte[] value) {
        out.write('"');
        out.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(member));
        out.write('"');
        out.write(':');
        out.writeBytes(value);
    }

    private static Places places(byte[] json, String member) {
        try (JsonParser in = RequestJson.EDITING.createParser(json)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not a JSON object");
            }
            return places(in, member);
        } catch (IOException e) {
            // The exception is not kept as the cause, because its message may quote the body.
            throw new IllegalArgumentException("not JSON: " + e.getClass().getSimpleName());
        }
    }

    private static Places places(JsonParser in, String member) throws IOException {
        int inside = here(in);
        boolean empty = true;
        List<Span> values = new ArrayList<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            empty = false;
            boolean wanted = in.currentName().equals(member);
            in.nextToken();
            if (wanted) {
                values.add(value(in));
            } else {
                in.skipChildren();
            }
        }
        return new Places(inside, empty, values);
    }

    private static Span value(JsonParser in) throws IOException {
        int from = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        // The end of a string is only known once it has been read.
        in.finishToken();
        return new Span(from, here(in));
    }

    private static int here(JsonParser in) {
        return (int) in.currentLocation().getByteOffset();
    }
}
