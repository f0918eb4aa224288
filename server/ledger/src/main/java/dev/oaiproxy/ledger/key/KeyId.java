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
        return text.length() == LENGTH
                && text.chars().allMatch(letter -> Base32.DIGITS.indexOf(letter) >= 0);
    }

    @Override
    public String toString() {
        return text;
    }
}
