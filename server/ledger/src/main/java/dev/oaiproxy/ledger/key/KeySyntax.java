package dev.oaiproxy.ledger.key;

/**
 * The form of a key in a text: {@code sk-}, for one of ours with {@code oap-} and its public id, or
 * {@code ek_}, and then {@link #SHORTEST_SECRET} characters or more of {@code [A-Za-z0-9_-]}; it
 * stands behind no letter or digit. Prefixes are compared without regard to case. Characters are
 * given as chars or as bytes.
 */
final class KeySyntax {
    /** The length of {@code sk-} and {@code ek_}. */
    static final int PREFIX = 3;

    /** The length of {@code oap-}, a public id and the dash behind it. */
    static final int PUBLIC_PART = 15;

    static final int SHORTEST_SECRET = 16;

    private static final String OURS = "oap-";

    private KeySyntax() {}

    /** Detects a character that can begin a prefix. */
    static boolean isFirst(int character) {
        return lower(character) == 's' || lower(character) == 'e';
    }

    /** Detects {@code sk-} and {@code ek_}. */
    static boolean isPrefix(int first, int second, int third) {
        return isSecond(second)
                && ((third == '-' && lower(first) == 's') || (third == '_' && lower(first) == 'e'));
    }

    /** Detects the second character of a prefix. */
    static boolean isSecond(int character) {
        return lower(character) == 'k';
    }

    /** Detects a character that fits an index of the public part, which is behind {@code sk-}. */
    static boolean isPublicPart(int index, int character) {
        if (index < OURS.length()) {
            return lower(character) == OURS.charAt(index);
        }
        return index == PUBLIC_PART - 1 ? character == '-' : isLetterOrDigit(character);
    }

    /** Detects a character that a key may have. */
    static boolean isOfKey(int character) {
        return isLetterOrDigit(character) || character == '-' || character == '_';
    }

    static boolean isLetterOrDigit(int character) {
        return (character >= '0' && character <= '9')
                || (lower(character) >= 'a' && lower(character) <= 'z');
    }

    private static int lower(int character) {
        return character >= 'A' && character <= 'Z' ? character + 'a' - 'A' : character;
    }
}
