package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.oaiproxy.metering.usage.EventCollector.Span;
import java.util.Arrays;

/**
 * Searches the bytes of JSON for a member without parsing. It finds every member that is written
 * without escapes, at any depth. It finds nothing inside strings, because quotes are escaped there.
 */
final class MemberSearch {
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final byte[] quoted;

    /** How far the name can be moved when a byte is found at its end, as Horspool's search does. */
    private final byte[] steps = new byte[1 << Byte.SIZE];

    MemberSearch(String name) {
        quoted = ('"' + name + '"').getBytes(US_ASCII);
        Arrays.fill(steps, (byte) quoted.length);
        for (int i = 0; i < quoted.length - 1; i++) {
            steps[quoted[i]] = (byte) (quoted.length - 1 - i);
        }
    }

    boolean finds(byte[] bytes, Span json) {
        return next(bytes, json.from(), json.to()) >= 0;
    }

    /** True if such a member has a value other than null. */
    boolean findsMoreThanNull(byte[] bytes, Span json) {
        int value = next(bytes, json.from(), json.to());
        while (value >= 0 && value < json.to() && bytes[value] == 'n') {
            value = next(bytes, value, json.to());
        }
        return value >= 0;
    }

    /**
     * The range of the only such member, with the comma before it, if it is one of the outermost
     * object and null; in bytes from the start of the JSON. Empty otherwise.
     */
    Span onlyNull(byte[] bytes, Span json) {
        int value = next(bytes, json.from(), json.to());
        int end = value + NULL.length;
        if (value < 0
                || end >= json.to()
                || !Arrays.equals(bytes, value, end, NULL, 0, NULL.length)
                || (bytes[end] != ',' && bytes[end] != '}')
                || bytes[json.to() - 1] != '}'
                || next(bytes, value, json.to()) >= 0) {
            return Span.NOTHING;
        }
        int name = value - 1;
        while (bytes[name] != '"' || bytes[name + 1] != quoted[1]) {
            name--;
        }
        int comma = name - 1;
        return comma > json.from() && bytes[comma] == ',' && isOutermost(bytes, json.from(), comma)
                ? new Span(comma - json.from(), end - json.from())
                : Span.NOTHING;
    }

    /** True between the members of the outermost object. */
    private static boolean isOutermost(byte[] bytes, int from, int to) {
        int depth = 0;
        boolean inText = false;
        for (int at = from; at < to; at++) {
            byte b = bytes[at];
            if (inText) {
                at += b == '\\' ? 1 : 0;
                inText = b != '"';
            } else if (b == '"') {
                inText = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                depth--;
            }
        }
        return depth == 1 && !inText;
    }

    /** The offset of the next such member's value, or -1. */
    private int next(byte[] bytes, int from, int to) {
        int last = quoted.length - 1;
        int i = from;
        while (i + last < to) {
            byte end = bytes[i + last];
            if (end == '"' && Arrays.equals(bytes, i, i + last, quoted, 0, last)) {
                int colon = skipSpace(bytes, i + quoted.length, to);
                if (colon < to && bytes[colon] == ':') {
                    return skipSpace(bytes, colon + 1, to);
                }
            }
            i += steps[end & 0xff];
        }
        return -1;
    }

    private static int skipSpace(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        return at;
    }
}
