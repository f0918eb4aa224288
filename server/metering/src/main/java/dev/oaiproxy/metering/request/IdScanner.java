package dev.oaiproxy.metering.request;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ids of objects in a response as its bytes pass, in constant memory. It reads one JSON
 * object, or those of a stream of events, and skips the other lines of the stream.
 */
public final class IdScanner {
    private static final int DEEPEST = 8;
    private static final int LONGEST = 128;
    private static final String LIST = "[]";

    private static final String OTHER = "?";

    /** There are as many as kinds of operations. */
    private static final Map<Map<String, ObjectKind>, Steps> STEPS = new ConcurrentHashMap<>();

    private final Steps steps;
    private final String[] path = new String[DEEPEST + 1];
    private final BitSet lists = new BitSet();
    private final byte[] text = new byte[LONGEST];
    private final List<ObjectReference> found = new ArrayList<>();
    private int depth;
    private int length;
    private boolean inText;
    private boolean escaped;
    private boolean odd;
    private boolean naming;
    private boolean lineStart = true;

    /** A path of names, and the kind of object that is named there. */
    private record Place(List<String> names, ObjectKind kind) {
        /** True where the path from its second name on is this one. */
        boolean isAt(String[] path, int depth) {
            if (names.size() != depth) {
                return false;
            }
            for (int i = 0; i < depth; i++) {
                if (!names.get(i).equals(path[i + 1])) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The paths, the names in them, and those at their ends. */
    private record Steps(List<Place> places, List<String> names, Set<String> ends) {
        static Steps of(Map<String, ObjectKind> places) {
            List<Place> all = new ArrayList<>();
            Set<String> names = new HashSet<>();
            Set<String> ends = new HashSet<>();
            places.forEach(
                    (path, kind) -> {
                        List<String> steps = List.of(path.split("\\.", -1));
                        all.add(new Place(steps, kind));
                        names.addAll(steps);
                        ends.add(steps.getLast());
                    });
            return new Steps(List.copyOf(all), List.copyOf(names), Set.copyOf(ends));
        }
    }

    /**
     * @param places the paths of the ids, such as {@code output.[].container_id}, with the kind of
     *     object that they name
     */
    IdScanner(Map<String, ObjectKind> places) {
        this.steps = STEPS.computeIfAbsent(Map.copyOf(places), Steps::of);
        Arrays.fill(path, "");
    }

    /**
     * Takes the next bytes, which an array holds, without changing them. Returns the ids that end
     * in them.
     */
    public List<ObjectReference> take(ByteBuffer bytes) {
        found.clear();
        if (!steps.places.isEmpty()) {
            byte[] array = bytes.array();
            int at = bytes.arrayOffset() + bytes.position();
            int end = at + bytes.remaining();
            while (at < end) {
                at = inText ? text(array, at, end) : marks(array, at, end);
            }
        }
        return found.isEmpty() ? List.of() : List.copyOf(found);
    }

    /** Takes bytes up to the beginning of a text, and returns the index after them. */
    private int marks(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && !inText) {
            byte b = bytes[at++];
            if (!lineStart || !isFieldName(b)) {
                mark(b);
            }
        }
        return at;
    }

    /**
     * True for a byte of an event's field name. In an event of several lines, a field name may
     * occur within the JSON.
     */
    private boolean isFieldName(byte b) {
        lineStart = b >= 'a' && b <= 'z';
        return lineStart || b == ':';
    }

    /** Takes bytes up to the end of a text, and returns the index after them. */
    private int text(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && inText) {
            if (escaped) {
                escaped = false;
                at++;
                continue;
            }
            int start = at;
            while (at < end && bytes[at] != '"' && bytes[at] != '\\') {
                at++;
            }
            keep(bytes, start, at - start);
            if (at < end) {
                escaped = bytes[at++] == '\\';
                odd |= escaped;
                inText = escaped;
            }
        }
        if (!inText) {
            endOfText();
        }
        return at;
    }

    private void keep(byte[] bytes, int from, int count) {
        odd |= length + count > LONGEST;
        if (!odd) {
            System.arraycopy(bytes, from, text, length, count);
            length += count;
        }
    }

    private void mark(byte b) {
        switch (b) {
            case '\n', '\r' -> lineStart = true;
            case '"' -> beginText();
            case '{' -> beginObject();
            case '[' -> beginList();
            case '}', ']' -> end();
            case ',' -> naming = !lists.get(depth);
            case ':' -> naming = false;
            default -> {}
        }
    }

    private void beginText() {
        inText = depth > 0;
        length = 0;
        // Of a value that can be no id, nothing is kept.
        odd = !naming && (depth > DEEPEST || !steps.ends.contains(path[depth]));
    }

    private void beginObject() {
        depth++;
        lists.clear(depth);
        naming = true;
        name("");
    }

    private void beginList() {
        // Outside of an object there is only the framing of events.
        if (depth > 0) {
            depth++;
            lists.set(depth);
            naming = false;
            name(LIST);
        }
    }

    private void end() {
        depth = Math.max(0, depth - 1);
        naming = false;
    }

    private void name(String name) {
        if (depth <= DEEPEST) {
            path[depth] = name;
        }
    }

    private void endOfText() {
        if (naming) {
            name(odd ? "" : known());
        } else if (!odd) {
            ObjectKind kind = kind();
            if (kind != null) {
                String value = new String(text, 0, length, ISO_8859_1);
                found.add(new ObjectReference(path[depth], kind, value));
            }
        }
    }

    /** The kind of object that is named at the present path, or null. */
    private @Nullable ObjectKind kind() {
        for (Place place : steps.places) {
            if (place.isAt(path, depth)) {
                return place.kind;
            }
        }
        return null;
    }

    /** The name of a member as far as it is part of a path; others are all the same. */
    private String known() {
        for (String name : steps.names) {
            if (isText(name)) {
                return name;
            }
        }
        return OTHER;
    }

    private boolean isText(String name) {
        if (name.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name.charAt(i) != (text[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }
}
