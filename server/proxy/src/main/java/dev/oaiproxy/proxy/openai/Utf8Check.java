package dev.oaiproxy.proxy.openai;

/** Checks that bytes in pieces are UTF-8; RFC 3629, section 4. */
final class Utf8Check {
    private static final int FIRST_CONTINUATION = 0x80;
    private static final int LAST_CONTINUATION = 0xbf;

    private boolean valid = true;
    private boolean ascii = true;
    private int missing;

    /** The bounds of the next byte; they are narrower after some first bytes. */
    private int least = FIRST_CONTINUATION;

    private int most = LAST_CONTINUATION;

    /** Takes bytes; false when these or earlier bytes cannot be UTF-8. */
    boolean take(byte[] bytes, int from, int to) {
        for (int at = from; at < to && valid; at++) {
            int b = bytes[at] & 0xff;
            if (missing > 0) {
                follow(b);
            } else if (b >= FIRST_CONTINUATION) {
                ascii = false;
                begin(b);
            }
        }
        return valid;
    }

    private void follow(int b) {
        valid = b >= least && b <= most;
        missing--;
        least = FIRST_CONTINUATION;
        most = LAST_CONTINUATION;
    }

    private void begin(int b) {
        if (b >= 0xc2 && b <= 0xdf) {
            missing = 1;
        } else if (b >= 0xe0 && b <= 0xef) {
            missing = 2;
            least = b == 0xe0 ? 0xa0 : FIRST_CONTINUATION;
            most = b == 0xed ? 0x9f : LAST_CONTINUATION;
        } else if (b >= 0xf0 && b <= 0xf4) {
            missing = 3;
            least = b == 0xf0 ? 0x90 : FIRST_CONTINUATION;
            most = b == 0xf4 ? 0x8f : LAST_CONTINUATION;
        } else {
            valid = false;
        }
    }

    /** True when all bytes form whole characters. */
    boolean isWhole() {
        return valid && missing == 0;
    }

    boolean isAscii() {
        return ascii;
    }
}
