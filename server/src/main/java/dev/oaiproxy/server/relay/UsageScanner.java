package dev.oaiproxy.server.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Finds where the usage of an answer ends, byte by byte: that of a JSON object at its top, in a
 * stream that of each event, also of the response in it. What is not JSON has none.
 */
final class UsageScanner {
    private static final byte[] USAGE = "usage".getBytes(US_ASCII);
    private static final byte[] RESPONSE = "response".getBytes(US_ASCII);

    private final boolean events;
    private final byte[] text = new byte[RESPONSE.length + 1];
    private int textLength;
    private boolean inText;
    private boolean escaped;

    private int depth;
    private boolean usageNext;
    private boolean responseNext;
    private boolean inResponse;
    private int usageDepth;
    private byte before;
    private boolean empty;

    private UsageScanner(boolean events) {
        this.events = events;
    }

    /** For an answer that is one JSON object. */
    static UsageScanner ofJson() {
        return new UsageScanner(false);
    }

    /** For a stream of events, each of which has one line of data. */
    static UsageScanner ofEvents() {
        return new UsageScanner(true);
    }

    /** Where the last usage in the next bytes ends, before its brace; -1 when none does. */
    int end(byte[] bytes, int from, int to) {
        int end = -1;
        for (int at = from; at < to; at++) {
            if (take(bytes[at])) {
                end = at;
            }
        }
        return end;
    }

    /** Whether the last usage has no members. */
    boolean isEmpty() {
        return empty;
    }

    /** Takes a byte; true when it is the brace that ends a usage. */
    private boolean take(byte b) {
        if (events && (b == '\n' || b == '\r')) {
            depth = 0;
            usageDepth = 0;
            inText = false;
            escaped = false;
            return false;
        }
        if (inText) {
            textual(b);
            return false;
        }
        boolean ends = structural(b);
        before = b > ' ' ? b : before;
        return ends;
    }

    private void textual(byte b) {
        if (escaped) {
            escaped = false;
        } else if (b == '\\') {
            escaped = true;
        } else if (b == '"') {
            inText = false;
            return;
        }
        if (textLength < text.length) {
            text[textLength++] = b;
        }
    }

    private boolean structural(byte b) {
        switch (b) {
            case '"' -> {
                inText = depth > 0;
                textLength = 0;
            }
            case ':' -> named();
            case '{' -> opened();
            case '[' -> {
                depth += depth > 0 ? 1 : 0;
                forgetName();
            }
            case '}' -> {
                return closed();
            }
            case ']' -> depth -= depth > 0 ? 1 : 0;
            case ',' -> forgetName();
            default -> {}
        }
        return false;
    }

    private void named() {
        usageNext = is(USAGE) && (depth == 1 || (depth == 2 && inResponse));
        responseNext = events && depth == 1 && is(RESPONSE);
    }

    private boolean is(byte[] name) {
        return Arrays.equals(text, 0, textLength, name, 0, name.length);
    }

    private void opened() {
        if (usageNext) {
            usageDepth = depth;
        }
        inResponse = depth == 1 ? responseNext : inResponse && depth > 1;
        depth++;
        forgetName();
    }

    private boolean closed() {
        depth -= depth > 0 ? 1 : 0;
        boolean ends = usageDepth > 0 && depth == usageDepth;
        if (ends) {
            usageDepth = 0;
            empty = before == '{';
        }
        return ends;
    }

    private void forgetName() {
        usageNext = false;
        responseNext = false;
    }
}
