package dev.oaiproxy.metering.usage.object;

/**
 * Finds the inside of long strings in JSON that comes in pieces, so that the parser can skip them.
 *
 * <p>A parser that is fed in pieces must keep a string until it ends, and the audio of a response
 * is one string of many megabytes. The remaining bytes are the same JSON with a shorter string.
 */
public final class LongStrings {
    /** The bytes that are kept of a string, plus the rest of a character or escape. */
    public static final int KEPT = 4096;

    private static final int UNICODE_DIGITS = 4;

    private boolean inString;
    private boolean afterBackslash;
    private int digitsLeft;
    private int length;
    private boolean omitting;

    /** True if the next run of bytes is skipped. */
    boolean omitting() {
        return omitting;
    }

    /** The end of a run of bytes that are all kept or all skipped. */
    int endOfRun(byte[] bytes, int from, int to) {
        boolean start = omitting;
        int at = from;
        while (at < to) {
            omitting = inString && (start || length >= KEPT) && !mustKeep(bytes[at]);
            if (omitting != start) {
                return at;
            }
            step(bytes[at++]);
        }
        return at;
    }

    /** True for the closing quote, and for the rest of a character or escape that is kept. */
    private boolean mustKeep(byte b) {
        boolean escaped = afterBackslash || digitsLeft > 0;
        boolean closing = b == '"' && !afterBackslash;
        boolean within = escaped || (b & 0xC0) == 0x80;
        return closing || (within && !omitting);
    }

    private void step(byte b) {
        if (!inString) {
            inString = b == '"';
            length = 0;
        } else if (afterBackslash) {
            afterBackslash = false;
            digitsLeft = b == 'u' ? UNICODE_DIGITS : 0;
            length++;
        } else {
            digitsLeft = Math.max(0, digitsLeft - 1);
            inString = b != '"';
            afterBackslash = b == '\\';
            length++;
        }
    }
}
