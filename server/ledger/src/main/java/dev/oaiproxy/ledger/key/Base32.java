package dev.oaiproxy.ledger.key;

/** Crockford's base 32 in lower case: safe in URLs, and in alphabetical order of the numbers. */
public final class Base32 {
    public static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

    private static final int BITS = 5;
    private static final int MASK = 31;

    private Base32() {}

    /** The lowest {@code length} digits of a number, the highest first. */
    public static String text(long number, int length) {
        char[] text = new char[length];
        long rest = number;
        for (int i = length - 1; i >= 0; i--) {
            text[i] = DIGITS.charAt((int) (rest & MASK));
            rest >>>= BITS;
        }
        return new String(text);
    }

    /**
     * Reads a text of digits as a number.
     *
     * @throws IllegalArgumentException when a character is not a digit
     */
    public static long number(String text) {
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = DIGITS.indexOf(text.charAt(i));
            if (digit < 0) {
                throw new IllegalArgumentException("not a base-32 digit");
            }
            number = number << BITS | digit;
        }
        return number;
    }
}
