package dev.oaiproxy.proxy.relay.call;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Finds the end of the {@code usage} object in a response, byte by byte: at the top of a JSON body,
 * or in each event of a stream or socket, also inside its {@code response}.
 */
public final class UsageEndFinder {
    private static final byte[] USAGE = "usage".getBytes(US_ASCII);

    /** The first character outside ASCII. Such characters are irrelevant here. */
    private static final char FIRST_OTHER = 0x80;

    private static final byte OTHER = '?';
    private static final byte[] RESPONSE = "response".getBytes(US_ASCII);

    private final Syntax syntax;
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

    private enum Syntax {
        JSON,
        EVENT_STREAM,
        SOCKET_EVENT
    }

    private UsageEndFinder(Syntax syntax) {
        this.syntax = syntax;
    }

    /** A finder for a response that is one JSON object. */
    static UsageEndFinder ofJson() {
        return new UsageEndFinder(Syntax.JSON);
    }

    /** A finder for a stream of events, each of which has one line of data. */
    static UsageEndFinder ofEvents() {
        return new UsageEndFinder(Syntax.EVENT_STREAM);
    }

    /**
     * Adds the cost to the usage in a socket event.
     *
     * @param cost without quotes
     */
    public static String withCost(String event, String cost) {
        UsageEndFinder scanner = new UsageEndFinder(Syntax.SOCKET_EVENT);
        int end = -1;
        for (int at = 0; at < event.length(); at++) {
            char c = event.charAt(at);
            if (scanner.take(c < FIRST_OTHER ? (byte) c : OTHER)) {
                end = at;
            }
        }
        return end < 0
                ? event
                : event.substring(0, end) + scanner.member(cost) + event.substring(end);
    }

    /** The cost as a member of the last usage. */
    String member(String cost) {
        return (empty ? "" : ",") + "\"cost_usd\":\"" + cost + "\"";
    }

    /** The index of the brace that ends the last usage in the next bytes, or -1. */
    int end(byte[] bytes, int from, int to) {
        int end = -1;
        for (int at = from; at < to; at++) {
            if (take(bytes[at])) {
                end = at;
            }
        }
        return end;
    }

    /** Takes a byte; true for the brace that ends a usage. */
    private boolean take(byte b) {
        if (syntax == Syntax.EVENT_STREAM && (b == '\n' || b == '\r')) {
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
        responseNext = syntax != Syntax.JSON && depth == 1 && is(RESPONSE);
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
