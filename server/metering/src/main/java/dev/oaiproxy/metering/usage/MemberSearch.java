package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.oaiproxy.metering.usage.EventCollector.Span;
import java.util.Arrays;

/**
 * Searches the bytes of JSON for a member without parsing. It finds every member that is written
 * without escapes, at any depth. It finds nothing inside strings, because quotes are escaped there.
 */
final class MemberSearch {
    private final byte[] quoted;

    MemberSearch(String name) {
        quoted = ('"' + name + '"').getBytes(US_ASCII);
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

    /** The offset of the next such member's value, or -1. */
    private int next(byte[] bytes, int from, int to) {
        for (int i = from; i <= to - quoted.length; i++) {
            if (bytes[i] == '"'
                    && bytes[i + 1] == quoted[1]
                    && Arrays.equals(bytes, i, i + quoted.length, quoted, 0, quoted.length)) {
                int colon = skipSpace(bytes, i + quoted.length, to);
                if (colon < to && bytes[colon] == ':') {
                    return skipSpace(bytes, colon + 1, to);
                }
            }
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
