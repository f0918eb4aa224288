package dev.oaiproxy.metering.usage;

import java.io.ByteArrayOutputStream;

/**
 * Decodes Base64 that comes in texts, with or without padding, split anywhere. Characters outside
 * of the alphabet are skipped.
 */
final class Base64Stream {
    private static final int BITS = 6;

    private int pending;
    private int pendingBits;

    /** Decodes the next text, except for trailing bits that do not fill a byte. */
    void decode(String text, ByteArrayOutputStream out) {
        for (int i = 0; i < text.length(); i++) {
            decode(text.charAt(i), out);
        }
    }

    private void decode(char c, ByteArrayOutputStream out) {
        if (c == '=') {
            pendingBits = 0;
            return;
        }
        int value = value(c);
        if (value < 0) {
            return;
        }
        pending = pending << BITS | value;
        pendingBits += BITS;
        if (pendingBits >= Byte.SIZE) {
            pendingBits -= Byte.SIZE;
            out.write(pending >> pendingBits);
        }
    }

    private static int value(char c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        } else if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        } else if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        return switch (c) {
            case '+', '-' -> 62;
            case '/', '_' -> 63;
            default -> -1;
        };
    }
}
