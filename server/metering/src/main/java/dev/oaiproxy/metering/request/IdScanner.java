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

    private final Map<String, ObjectKind> places;

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

    /** The names in the paths, and those at their ends. */
    private record Steps(List<String> names, Set<String> ends) {
        static Steps of(Map<String, ObjectKind> places) {
            Set<String> names = new HashSet<>();
            Set<String> ends = new HashSet<>();
            for (String place : places.keySet()) {
                List<String> steps = List.of(place.split("\\.", -1));
                names.addAll(steps);
                ends.add(steps.getLast());
            }
            return new Steps(List.copyOf(names), Set.copyOf(ends));
        }
    }

    /**
     * @param places the paths of the ids, such as {@code output.[].container_id}, with the kind of
     *     object that they name
     */
    IdScanner(Map<String, ObjectKind> places) {
        this.places = Map.copyOf(places);
        this.steps = STEPS.computeIfAbsent(this.places, Steps::of);
        Arrays.fill(path, "");
    }

    /** Takes the next bytes without changing them. Returns the ids that end in them. */
    public List<ObjectReference> take(ByteBuffer bytes) {
        found.clear();
        if (!places.isEmpty()) {
            for (int i = bytes.position(); i < bytes.limit(); i++) {
                take(bytes.get(i));
            }
        }
        return List.copyOf(found);
    }

    private void take(byte b) {
        if (inText) {
            text(b);
        } else if (!lineStart || !isFieldName(b)) {
            mark(b);
        }
    }

    /**
     * True for a byte of an event's field name. In an event of several lines, a field name may
     * occur within the JSON.
     */
    private boolean isFieldName(byte b) {
        lineStart = b >= 'a' && b <= 'z';
        return lineStart || b == ':';
    }

    private void text(byte b) {
        if (escaped) {
            escaped = false;
        } else if (b == '"') {
            inText = false;
            endOfText();
        } else {
            escaped = b == '\\';
            odd |= escaped || length == LONGEST;
            if (!odd) {
                text[length++] = b;
            }
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
        odd = false;
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
        } else if (!odd && depth <= DEEPEST && steps.ends.contains(path[depth])) {
            ObjectKind kind =
                    places.get(String.join(".", Arrays.asList(path).subList(1, depth + 1)));
            if (kind != null) {
                String value = new String(text, 0, length, ISO_8859_1);
                found.add(new ObjectReference(path[depth], kind, value));
            }
        }
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
