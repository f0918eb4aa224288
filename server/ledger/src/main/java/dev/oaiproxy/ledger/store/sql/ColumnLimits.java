package dev.oaiproxy.ledger.store.sql;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Bounds texts to their columns: SQLite would take over-long ones, other databases refuse them. */
public final class ColumnLimits {
    public static final int REASON = 200;
    public static final int MODEL = 256;
    public static final int EVENT = 2000;
    public static final int LABEL = 128;
    public static final int VERSION = 64;

    private static final Pattern NOT_STORABLE = Pattern.compile("[\\x00\\p{Cs}]");

    private ColumnLimits() {}

    /** A text without NUL and unpaired surrogates, which some databases refuse. */
    static Object storable(Object argument) {
        return argument instanceof String text && !isPlain(text)
                ? NOT_STORABLE.matcher(text).replaceAll("\uFFFD")
                : argument;
    }

    /** True for a text that surely is storable, as nearly all are. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == 0 || Character.isSurrogate(character)) {
                return false;
            }
        }
        return true;
    }

    /** The first characters of a text; nothing for null. */
    public static String cut(@Nullable String text, int length) {
        if (text == null) {
            return "";
        }
        return text.length() <= length ? text : text.substring(0, length);
    }
}
