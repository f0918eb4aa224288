package dev.oaiproxy.ledger.key;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.stream.IntStream;

/**
 * Masks the keys in a stream of bytes, as {@link Redaction#keys(byte[])} does in an array. Of a
 * word that may be a key, it buffers only as much as it takes to decide.
 */
public final class MaskingStream extends FilterOutputStream {
    private static final int START = KeySyntax.PREFIX;
    private static final int PUBLIC = KeySyntax.PUBLIC_PART;
    private static final int SECRET = KeySyntax.SHORTEST_SECRET;
    private static final byte[] MASK = {'*', '*', '*'};

    /** The beginning of a word that may be a key. */
    private final byte[] word = new byte[START + PUBLIC + SECRET];

    private int length;
    private boolean masking;
    private boolean afterLetter;

    public MaskingStream(OutputStream out) {
        super(out);
    }

    /** Writes to another stream from now on. A word that may be a key goes on there. */
    public void redirect(OutputStream next) {
        out = next;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        int end = from + count;
        for (int at = from; at < end; ) {
            if (length == 0 && !masking) {
                at = plain(bytes, at, end);
            }
            if (at < end) {
                write(bytes[at++]);
            }
        }
    }

    /**
     * Passes on bytes in which no word that may be a key begins.
     *
     * @return the index of the first byte that was not passed on
     */
    private int plain(byte[] bytes, int from, int end) throws IOException {
        int prefix = Redaction.nextPrefix(bytes, from, end);
        int until = prefix < end ? prefix : Math.max(from, end - START + 1);
        if (until > from) {
            out.write(bytes, from, until - from);
            afterLetter = KeySyntax.isLetterOrDigit(bytes[until - 1]);
        }
        return until;
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
        afterLetter = KeySyntax.isLetterOrDigit(b);
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
        if (!KeySyntax.isOfKey(b)) {
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
        if (!KeySyntax.isOfKey(b)) {
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
        afterLetter = KeySyntax.isLetterOrDigit(word[length - 1]);
        length = 0;
    }

    /** True for the next byte of {@code sk-} or {@code ek_}. */
    private boolean isStart(byte b) {
        return switch (length) {
            case 0 -> KeySyntax.isFirst(b);
            case 1 -> KeySyntax.isSecond(b);
            default -> KeySyntax.isPrefix(word[0], word[1], b);
        };
    }

    /** Detects that the bytes so far have a public id of ours, or may become one. */
    private boolean couldBeOurs() {
        return word[START - 1] == '-'
                && IntStream.range(0, Math.min(length - START, PUBLIC))
                        .allMatch(i -> KeySyntax.isPublicPart(i, word[START + i]));
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
