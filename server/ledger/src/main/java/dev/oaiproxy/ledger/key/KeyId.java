package dev.oaiproxy.ledger.key;

/**
 * The public part of a key, used in logs and tables and by people.
 *
 * @param text ten lower-case letters and digits, without the easily confused {@code i l o u}
 */
public record KeyId(String text) {
    static final int LENGTH = 10;

    public KeyId {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not the public id of a key");
        }
    }

    /** Detects a text with the form of a public id. */
    public static boolean isValid(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Base32.DIGITS.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return text.length() == LENGTH;
    }

    @Override
    public String toString() {
        return text;
    }
}
