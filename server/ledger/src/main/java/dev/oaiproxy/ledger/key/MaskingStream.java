package dev.oaiproxy.ledger.key;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Masks the keys in a stream of bytes, as {@link Redaction#keys(byte[])} does in an array. Of a
 * word that may be a key, it buffers only as much as it takes to decide.
 */
public final class MaskingStream extends FilterOutputStream {
    /** The length of {@code sk-} and {@code ek_}. */
    private static final int START = 3;

    private static final byte[] OURS = {'o', 'a', 'p', '-'};
    private static final byte[] MASK = {'*', '*', '*'};

    /** The length of {@code oap-}, a public id and the dash behind it. */
    private static final int PUBLIC = 15;

    private static final int SECRET = 16;

    /** The beginning of a word that may be a key. */
    private final byte[] word = new byte[START + PUBLIC + SECRET];

    private int length;
    private boolean masking;
    private boolean afterLetter;

    public MaskingStream(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        for (int at = from; at < from + count; at++) {
            write(bytes[at]);
        }
    }

    @Override
    public void write(int b) throws IOException {
        byte next = (byte) b;
        if (length == 0 && !masking && (afterLetter || !isStart(next))) {
            plain(next);
        } else if (masking) {
            rest(next);
        } else if (length < START) {
            start(next);
        } else {
            word(next);
        }
    }

    private void plain(byte b) throws IOException {
        out.write(b);
        afterLetter = isLetter(b);
    }

    private void start(byte b) throws IOException {
        if (isStart(b)) {
            word[length++] = b;
        } else {
            letGo();
            write(b);
        }
    }

    private void word(byte b) throws IOException {
        if (!isOfKey(b)) {
            end();
            write(b);
            return;
        }
        word[length++] = b;
        boolean ours = couldBeOurs();
        if (!ours && length == START + SECRET) {
            mask(START);
        } else if (ours && length == word.length) {
            mask(START + PUBLIC);
        }
    }

    /**
     * Decides about a word that has ended: a key of ours with too short a secret can still be a key
     * of another kind.
     */
    private void end() throws IOException {
        if (length >= START + SECRET) {
            mask(START);
            masking = false;
            afterLetter = false;
        } else {
            letGo();
        }
    }

    private void rest(byte b) throws IOException {
        if (!isOfKey(b)) {
            masking = false;
            plain(b);
        }
    }

    private void mask(int shown) throws IOException {
        out.write(word, 0, shown);
        out.write(MASK);
        length = 0;
        masking = true;
    }

    private void letGo() throws IOException {
        out.write(word, 0, length);
        afterLetter = isLetter(word[length - 1]);
        length = 0;
    }

    /** True for the next byte of {@code sk-} or {@code ek_}. */
    private boolean isStart(byte b) {
        return switch (length) {
            case 0 -> lower(b) == 's' || lower(b) == 'e';
            case 1 -> lower(b) == 'k';
            default -> b == (lower(word[0]) == 's' ? '-' : '_');
        };
    }

    /** Detects that the bytes so far have a public id of ours, or may become one. */
    private boolean couldBeOurs() {
        if (lower(word[0]) != 's') {
            return false;
        }
        for (int i = START; i < Math.min(length, START + PUBLIC); i++) {
            int at = i - START;
            boolean fits =
                    at < OURS.length
                            ? lower(word[i]) == OURS[at]
                            : at == PUBLIC - 1 ? word[i] == '-' : isLetter(word[i]);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 'a' - 'A') : b;
    }

    private static boolean isLetter(byte b) {
        byte lower = lower(b);
        return (lower >= 'a' && lower <= 'z') || (b >= '0' && b <= '9');
    }

    private static boolean isOfKey(byte b) {
        return isLetter(b) || b == '-' || b == '_';
    }

    /** Writes the buffered bytes; a word ends here. */
    @Override
    public void flush() throws IOException {
        if (length > 0) {
            if (length < START) {
                letGo();
            } else {
                end();
            }
        }
        super.flush();
    }
}
