package dev.oaiproxy.ledger.key;

import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Removes secrets from the clients' text before it is shown, stored or passed on. */
public final class Redaction {
    /** A key of ours or of OpenAI's, or a client secret; our public ids are no secrets. */
    private static final Pattern KEY =
            Pattern.compile("(?i)(?<![a-z0-9])(sk-(?:oap-[a-z0-9]{10}-)?|ek_)[a-z0-9_-]{16,}+");

    /** Long enough for a secret; names of models are as long, but in lower case. */
    private static final Pattern LONG_WORD = Pattern.compile("[A-Za-z0-9_-]{20,}+");

    private static final String MASK = "***";

    private Redaction() {}

    /** Detects something with the form of a key in a text. */
    public static boolean isNeeded(String text) {
        return KEY.matcher(text).find();
    }

    /** Masks the keys in a text. */
    public static String keys(String text) {
        return KEY.matcher(text).replaceAll("$1" + Matcher.quoteReplacement(MASK));
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
        // One character for each byte, so that nothing but the keys can change.
        String text = new String(body, StandardCharsets.ISO_8859_1);
        return isNeeded(text) ? keys(text).getBytes(StandardCharsets.ISO_8859_1) : body;
    }

    private static boolean isMixed(MatchResult word) {
        String text = word.group();
        return text.chars().anyMatch(Character::isUpperCase)
                && text.chars().anyMatch(Character::isLowerCase);
    }
}
