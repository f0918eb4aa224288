package dev.oaiproxy.ledger.key;

import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Removes keys, which {@link KeySyntax} tells, from the clients' text before it is shown, stored or
 * passed on. Our public ids are not secret.
 *
 * <p>Every header and body goes through here, so keys are found by a search that looks at about
 * every third byte, without a regular expression.
 */
public final class Redaction {
    /** Long enough for a secret; names of models are as long, but in lower case. */
    private static final Pattern LONG_WORD = Pattern.compile("[A-Za-z0-9_-]{20,}+");

    private static final String MASK = "***";
    private static final int SHORTEST_KEY = KeySyntax.PREFIX + KeySyntax.SHORTEST_SECRET;

    private Redaction() {}

    /** Detects something with the form of a key in a text. */
    public static boolean isNeeded(String text) {
        return nextKey(text, 0) >= 0;
    }

    /** Masks the keys in a text. */
    public static String keys(String text) {
        int at = nextKey(text, 0);
        if (at < 0) {
            return text;
        }
        StringBuilder masked = new StringBuilder(text.length());
        int done = 0;
        while (at >= 0) {
            masked.append(text, done, publicEnd(text, at)).append(MASK);
            done = wordEnd(text, at);
            at = nextKey(text, done);
        }
        return masked.append(text, done, text.length()).toString();
    }

    /**
     * Masks everything that may be a secret, even cut or misspelled, for messages that quote a
     * client.
     */
    public static String message(String text) {
        return LONG_WORD
                .matcher(keys(text))
                .replaceAll(word -> Matcher.quoteReplacement(isMixed(word) ? MASK : word.group()));
    }

    /** Masks the keys in a body; returns the same array when it has none. */
    public static byte[] keys(byte[] body) {
        if (!mayHaveKey(body)) {
            return body;
        }
        // One character for each byte, so that nothing but the keys can change.
        String text = new String(body, StandardCharsets.ISO_8859_1);
        return isNeeded(text) ? keys(text).getBytes(StandardCharsets.ISO_8859_1) : body;
    }

    /** True for bytes that may contain a key: they have the beginning of one. */
    public static boolean mayHaveKey(byte[] body, int from, int to) {
        return nextPrefix(body, from, to) < to;
    }

    private static boolean mayHaveKey(byte[] body) {
        return nextPrefix(body, 0, body.length) < body.length;
    }

    /**
     * Finds the first "sk-" or "ek_" in any case, by the last of the three.
     *
     * @param to the end of the bytes to look at
     * @return its index, or {@code to} when there is none
     */
    static int nextPrefix(byte[] body, int from, int to) {
        int at = from + 2;
        while (at < to) {
            switch (body[at]) {
                case '-', '_' -> {
                    if (KeySyntax.isPrefix(body[at - 2], body[at - 1], body[at])) {
                        return at - 2;
                    }
                    at += 3;
                }
                case 'k', 'K' -> at++;
                case 's', 'S', 'e', 'E' -> at += 2;
                default -> at += 3;
            }
        }
        return to;
    }

    /** The start of the next key, at or after an index; -1 for none. */
    private static int nextKey(String text, int from) {
        for (int at = from; at + SHORTEST_KEY <= text.length(); at++) {
            if (KeySyntax.isPrefix(text.charAt(at), text.charAt(at + 1), text.charAt(at + 2))
                    && (at == 0 || !KeySyntax.isLetterOrDigit(text.charAt(at - 1)))
                    && wordEnd(text, at) - at >= SHORTEST_KEY) {
                return at;
            }
        }
        return -1;
    }

    /** The end of the part of a key that may be shown. */
    private static int publicEnd(String text, int key) {
        int begin = key + KeySyntax.PREFIX;
        boolean ours =
                text.charAt(begin - 1) == '-'
                        && wordEnd(text, key) - key >= SHORTEST_KEY + KeySyntax.PUBLIC_PART
                        && IntStream.range(0, KeySyntax.PUBLIC_PART)
                                .allMatch(i -> KeySyntax.isPublicPart(i, text.charAt(begin + i)));
        return ours ? begin + KeySyntax.PUBLIC_PART : begin;
    }

    private static int wordEnd(String text, int from) {
        int end = from;
        while (end < text.length() && KeySyntax.isOfKey(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isMixed(MatchResult word) {
        String text = word.group();
        return text.chars().anyMatch(Character::isUpperCase)
                && text.chars().anyMatch(Character::isLowerCase);
    }
}
