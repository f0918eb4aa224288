package dev.oaiproxy.ledger.account;

import java.util.Locale;

/**
 * Somebody who pays: {@code everyone}, {@code group:NAME}, {@code member:GROUP/USER}, {@code
 * user:NAME} or {@code key:PUBLIC_ID}.
 */
public final class Scope {
    public static final String EVERYONE = "everyone";
    public static final String FORMS =
            "everyone, group:NAME, member:GROUP/USER, user:NAME and key:PUBLIC_ID";

    private static final String GROUP = "group:";
    private static final String MEMBER = "member:";
    private static final String USER = "user:";
    private static final String KEY = "key:";

    private Scope() {}

    public static String group(String name) {
        return GROUP + name;
    }

    public static String member(String group, String user) {
        return MEMBER + group + "/" + user;
    }

    public static String user(String name) {
        return USER + name;
    }

    public static String key(String publicId) {
        return KEY + publicId;
    }

    /** A scope as an operator writes it, in lower case as all names are. */
    public static String parse(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    public static boolean isGroup(String scope) {
        return scope.startsWith(GROUP);
    }

    public static boolean isMember(String scope) {
        return scope.startsWith(MEMBER);
    }

    public static boolean isUser(String scope) {
        return scope.startsWith(USER);
    }

    public static boolean isKey(String scope) {
        return scope.startsWith(KEY);
    }
}
