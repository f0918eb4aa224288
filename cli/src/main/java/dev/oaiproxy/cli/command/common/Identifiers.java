package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.cli.output.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the names of keys and of quotas. */
public final class Identifiers {
    private static final String EVERYONE = "everyone";
    private static final String KEY = "key:";
    private static final Pattern WHOLE_KEY = Pattern.compile("sk-oap-([a-z0-9]{1,32})-\\S+");

    private Identifiers() {}

    /**
     * A key's public id, which is also in the middle of the key itself. A whole key must not travel
     * in an address, where logs would keep it.
     */
    public static String publicId(String text) {
        String name = text.startsWith(KEY) ? text.substring(KEY.length()) : text;
        Matcher whole = WHOLE_KEY.matcher(name);
        if (whole.matches()) {
            return whole.group(1);
        }
        if (name.startsWith("sk-") || name.isBlank()) {
            throw Failure.usage(
                    "that is not the public id of a key", "take it from `oaiproxy key list`");
        }
        return name;
    }

    /** True for a key itself, whose secret is now in the history of the shell. */
    public static boolean isWholeKey(String text) {
        return WHOLE_KEY
                .matcher(text.startsWith(KEY) ? text.substring(KEY.length()) : text)
                .matches();
    }

    /** A quota's scope; a bare name is a user's, and a key itself is the scope of the key. */
    public static String scope(String text) {
        if (text.startsWith(KEY) || isWholeKey(text)) {
            return KEY + publicId(text);
        }
        if (text.isBlank() || text.startsWith("sk-")) {
            throw Failure.usage(
                    "that is not the scope of a quota", "write bob, user:bob, key:ID or everyone");
        }
        return isBare(text) ? "user:" + text : text;
    }

    /** True for a name without a word that says what it names. */
    public static boolean isBare(String text) {
        return !text.equals(EVERYONE) && text.indexOf(':') < 0 && !isWholeKey(text);
    }
}
