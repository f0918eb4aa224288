package dev.oaiproxy.metering.recording;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Optional;

/**
 * The bytes of a recording, read in place. An offset beyond the end throws an {@link
 * IndexOutOfBoundsException}.
 */
public abstract sealed class AudioBytes {
    private static final int NO_DIGIT = -1;
    private static final byte[] DIGITS = digits();

    private final int length;

    private AudioBytes(int length) {
        this.length = length;
    }

    /** The byte at an offset within the recording. */
    abstract int octet(int at);

    final int length() {
        return length;
    }

    /** The byte at an offset, from 0 to 255. */
    final int u8(int at) {
        if (at < 0 || at >= length) {
            throw new IndexOutOfBoundsException(at);
        }
        return octet(at);
    }

    public static AudioBytes of(byte[] bytes, int from, int to) {
        return new Plain(bytes, from, to);
    }

    /**
     * The bytes of a base64 text. Empty if the text has line breaks or anything else that is not
     * base64.
     */
    public static Optional<AudioBytes> ofBase64(byte[] text, int from, int to) {
        int end = to;
        while (end > from && to - end < 2 && text[end - 1] == '=') {
            end--;
        }
        for (int i = from; i < end; i++) {
            if (DIGITS[text[i] & 0xFF] == NO_DIGIT) {
                return Optional.empty();
            }
        }
        return Optional.of(new Encoded(text, from, end));
    }

    final boolean has(int at, long count) {
        return at >= 0 && at + count <= length();
    }

    final int u16(int at) {
        return u8(at) << 8 | u8(at + 1);
    }

    final long u32(int at) {
        return (long) u16(at) << 16 | u16(at + 2);
    }

    final long u64(int at) {
        return u32(at) << 32 | u32(at + 4);
    }

    final int u16Little(int at) {
        return u8(at + 1) << 8 | u8(at);
    }

    final long u32Little(int at) {
        return (long) u16Little(at + 2) << 16 | u16Little(at);
    }

    final long u64Little(int at) {
        return u32Little(at + 4) << 32 | u32Little(at);
    }

    /** True if this text is at an offset. */
    final boolean says(int at, String text) {
        byte[] wanted = text.getBytes(ISO_8859_1);
        if (!has(at, wanted.length)) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (u8(at + i) != (wanted[i] & 0xFF)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] digits() {
        byte[] digits = new byte[256];
        Arrays.fill(digits, (byte) NO_DIGIT);
        String all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < all.length(); i++) {
            digits[all.charAt(i)] = (byte) i;
        }
        return digits;
    }

    private static final class Plain extends AudioBytes {
        private final byte[] bytes;
        private final int from;

        Plain(byte[] bytes, int from, int to) {
            super(to - from);
            this.bytes = bytes;
            this.from = from;
        }

        @Override
        int octet(int at) {
            return bytes[from + at] & 0xFF;
        }
    }

    private static final class Encoded extends AudioBytes {
        private final byte[] text;
        private final int from;

        Encoded(byte[] text, int from, int to) {
            super((int) ((to - from) * 3L / 4));
            this.text = text;
            this.from = from;
        }

        @Override
        int octet(int at) {
            int digit = from + at / 3 * 4 + at % 3;
            int both = DIGITS[text[digit]] << 6 | DIGITS[text[digit + 1]];
            return both >> (4 - 2 * (at % 3)) & 0xFF;
        }
    }
}
