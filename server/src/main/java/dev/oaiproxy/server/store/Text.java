package dev.oaiproxy.server.store;

import org.jspecify.annotations.Nullable;

/** Bounds texts to their columns: SQLite would take over-long ones, other databases refuse them. */
final class Text {
    static final int REASON = 200;
    static final int MODEL = 256;
    static final int EVENT = 2000;

    private Text() {}

    /** The first characters of a text; nothing for null. */
    static String cut(@Nullable String text, int length) {
        if (text == null) {
            return "";
        }
        return text.length() <= length ? text : text.substring(0, length);
    }
}
