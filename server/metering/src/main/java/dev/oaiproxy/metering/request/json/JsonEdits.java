package dev.oaiproxy.metering.request.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes of several top-level members of a JSON object, made in one reading and one copy of its
 * bytes. A present member keeps its position, and each occurrence is changed; a missing one is
 * inserted at the start, before those that were to be inserted earlier.
 */
public final class JsonEdits {
    private static final byte[] INCLUDE_USAGE = "{\"include_usage\":true}".getBytes(UTF_8);
    private static final String OLD_LIMIT = "max_tokens";
    private static final String LIMIT = "max_completion_tokens";

    private final Map<String, Change> changes = new LinkedHashMap<>();

    /** The change of one member. */
    private interface Change {
        /** The new value of an occurrence, or the old one itself. */
        byte[] of(byte[] old);

        /**
         * The value to insert when the member is missing, or null.
         *
         * @param present the other changed members that are there
         */
        byte @Nullable [] missing(Set<String> present);
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Setting(byte[] value) implements Change {
        @Override
        public byte[] of(byte[] old) {
            return value;
        }

        @Override
        public byte[] missing(Set<String> present) {
            return value;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Default(byte[] value) implements Change {
        @Override
        public byte[] of(byte[] old) {
            return old[0] == 'n' ? value : old;
        }

        @Override
        public byte[] missing(Set<String> present) {
            return value;
        }
    }

    private record TextChange(UnaryOperator<String> text) implements Change {
        @Override
        public byte[] of(byte[] old) {
            return old[0] == '"' ? quoted(old, text) : old;
        }

        @Override
        public byte @Nullable [] missing(Set<String> present) {
            return null;
        }
    }

    /** A limit that is set where it is present, and inserted when another one is not. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Limit(byte[] value, String other) implements Change {
        @Override
        public byte[] of(byte[] old) {
            return value;
        }

        @Override
        public byte @Nullable [] missing(Set<String> present) {
            return present.contains(other) ? null : value;
        }
    }

    /** The place of a value. */
    record Span(String member, int from, int to) {}

    /**
     * The places of the wanted values, in order.
     *
     * @param inside the offset after the opening brace
     * @param empty true if the object has no members at all
     */
    private record Places(int inside, boolean empty, List<Span> spans) {}

    /**
     * Sets a member.
     *
     * @param rawValue the new value as JSON
     */
    public JsonEdits with(String member, String rawValue) {
        changes.put(member, new Setting(rawValue.getBytes(UTF_8)));
        return this;
    }

    /**
     * Sets a member if it is missing or null.
     *
     * @param rawValue the value as JSON
     */
    public JsonEdits withDefault(String member, String rawValue) {
        changes.put(member, new Default(rawValue.getBytes(UTF_8)));
        return this;
    }

    /**
     * Replaces a text; a missing member stays missing. A text that only gets a prefix keeps its
     * bytes, because half of a surrogate pair, which JSON can write as an escape, has no bytes in
     * UTF-8.
     *
     * @param text makes the new text from the old one
     */
    public JsonEdits withText(String member, UnaryOperator<String> text) {
        changes.put(member, new TextChange(text));
        return this;
    }

    /** Requests the usage chunk of a stream, and keeps the other stream options. */
    public JsonEdits withIncludeUsage() {
        changes.put(
                "stream_options",
                new Change() {
                    @Override
                    public byte[] of(byte[] old) {
                        return old[0] == 'n'
                                ? INCLUDE_USAGE
                                : new JsonEdits().with("include_usage", "true").in(old);
                    }

                    @Override
                    public byte[] missing(Set<String> present) {
                        return INCLUDE_USAGE;
                    }
                });
        return this;
    }

    /** Limits the output of each choice of a chat, by the member that the request uses for it. */
    public JsonEdits withOutputLimit(long tokens) {
        byte[] limit = Long.toString(tokens).getBytes(UTF_8);
        changes.put(
                OLD_LIMIT,
                new Change() {
                    @Override
                    public byte[] of(byte[] old) {
                        return limit;
                    }

                    @Override
                    public byte @Nullable [] missing(Set<String> present) {
                        return null;
                    }
                });
        changes.put(LIMIT, new Limit(limit, OLD_LIMIT));
        return this;
    }

    /**
     * Makes all changes.
     *
     * @return the same array when nothing changes
     * @throws IllegalArgumentException if {@code json} is not a JSON object in UTF-8, or a member
     *     cannot be changed
     */
    public byte[] in(byte[] json) {
        return changes.isEmpty() ? json : changed(json, places(json, changes.keySet()));
    }

    private byte[] changed(byte[] json, Places places) {
        List<byte[]> inserted = inserted(places);
        if (inserted.isEmpty() && places.spans.isEmpty()) {
            return json;
        }
        List<byte[]> values = new ArrayList<>(places.spans.size());
        int size = json.length;
        for (byte[] piece : inserted) {
            size += piece.length;
        }
        for (Span span : places.spans) {
            byte[] old = Arrays.copyOfRange(json, span.from, span.to);
            byte[] value = changes.getOrDefault(span.member, new Setting(old)).of(old);
            values.add(value);
            size += value.length - old.length;
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        all.put(json, 0, places.inside);
        inserted.forEach(all::put);
        int copied = places.inside;
        for (int i = 0; i < values.size(); i++) {
            Span span = places.spans.get(i);
            all.put(json, copied, span.from - copied).put(values.get(i));
            copied = span.to;
        }
        return all.put(json, copied, json.length - copied).array();
    }

    /** The bytes behind the opening brace that insert what is missing. */
    private List<byte[]> inserted(Places places) {
        Set<String> present = new HashSet<>();
        places.spans.forEach(span -> present.add(span.member));
        List<byte[]> pieces = new ArrayList<>();
        byte[] end = places.empty ? new byte[0] : new byte[] {','};
        for (Map.Entry<String, Change> change : changes.entrySet()) {
            byte[] value =
                    present.contains(change.getKey()) ? null : change.getValue().missing(present);
            if (value != null) {
                pieces.addFirst(end);
                pieces.addFirst(value);
                pieces.addFirst(name(change.getKey()));
                end = new byte[] {','};
            }
        }
        return pieces;
    }

    /** A member's name with its colon. */
    static byte[] name(String member) {
        byte[] escaped = JsonStringEncoder.getInstance().quoteAsUTF8(member);
        byte[] name = new byte[escaped.length + 3];
        name[0] = '"';
        System.arraycopy(escaped, 0, name, 1, escaped.length);
        name[escaped.length + 1] = '"';
        name[escaped.length + 2] = ':';
        return name;
    }

    private static byte[] quoted(byte[] old, UnaryOperator<String> text) {
        String before = unquoted(old);
        String after = text.apply(before);
        boolean prefixed = after.endsWith(before);
        String fresh = prefixed ? after.substring(0, after.length() - before.length()) : after;
        byte[] escaped = JsonStringEncoder.getInstance().quoteAsUTF8(fresh);
        ByteArrayOutputStream out = new ByteArrayOutputStream(old.length + escaped.length + 2);
        out.write('"');
        out.writeBytes(escaped);
        if (prefixed) {
            out.write(old, 1, old.length - 2);
        }
        out.write('"');
        return out.toByteArray();
    }

    private static String unquoted(byte[] string) {
        try (JsonParser in = RequestJson.EDITING.createParser(string)) {
            in.nextToken();
            return in.getText();
        } catch (IOException e) {
            throw new IllegalArgumentException("not a string: " + e.getClass().getSimpleName());
        }
    }

    /** The places of the values of one member. */
    static List<Span> spans(byte[] json, String member) {
        return places(json, Set.of(member)).spans;
    }

    private static Places places(byte[] json, Set<String> members) {
        try (JsonParser in = RequestJson.EDITING.createParser(json)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not a JSON object");
            }
            return places(in, members);
        } catch (IOException e) {
            // The exception is not kept as the cause, because its message may quote the body.
            throw new IllegalArgumentException("not JSON: " + e.getClass().getSimpleName());
        }
    }

    private static Places places(JsonParser in, Set<String> members) throws IOException {
        int inside = here(in);
        boolean empty = true;
        List<Span> spans = new ArrayList<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            empty = false;
            String name = in.currentName();
            in.nextToken();
            if (members.contains(name)) {
                spans.add(value(name, in));
            } else {
                in.skipChildren();
            }
        }
        return new Places(inside, empty, spans);
    }

    private static Span value(String member, JsonParser in) throws IOException {
        int from = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        // The end of a string is only known once it has been read.
        in.finishToken();
        return new Span(member, from, here(in));
    }

    private static int here(JsonParser in) {
        return (int) in.currentLocation().getByteOffset();
    }
}
