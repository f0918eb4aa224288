package dev.oaiproxy.ledger.key;

import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes secrets out of what clients sent, before it is shown, kept or passed on. */
public final class Redaction {
    /** A key of ours or of OpenAI's, or what stands for one; our public ids are no secrets. */
    private static final Pattern KEY =
            Pattern.compile("(?i)(?<![a-z0-9])(sk-(?:oap-[a-z0-9]{10}-)?|ek_)[a-z0-9_-]{16,}+");

    /** Long enough for a secret; names of models are as long, but keep to small letters. */
    private static final Pattern LONG_WORD = Pattern.compile("[A-Za-z0-9_-]{20,}+");

    private static final String MASK = "***";

    private Redaction() {}

    /** Whether a text holds something of the form of a key. */
    public static boolean isNeeded(String text) {
        return KEY.matcher(text).find();
    }

    /** A text with its keys masked. */
    public static String keys(String text) {
        return KEY.matcher(text).replaceAll("$1" + Matcher.quoteReplacement(MASK));
    }

    /**
     * A text with all masked that may be a secret, also one that was cut or misspelled; for
     * messages that quote what a client sent.
     */
    public static String message(String text) {
        return LONG_WORD
                .matcher(keys(text))
                .replaceAll(word -> Matcher.quoteReplacement(isMixed(word) ? MASK : word.group()));
    }

    /** A body with its keys masked; the same array when it has none. */
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
