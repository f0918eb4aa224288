package dev.oaiproxy.cli.output;

/** Makes text from outside harmless for a terminal. */
public final class SafeText {
    private SafeText() {}

    /**
     * The text with its control characters made visible, so that a user's name or a model's cannot
     * move the cursor, colour the terminal or break a line. Line breaks and tabs stay.
     */
    public static String visible(String text) {
        return text.codePoints().noneMatch(SafeText::harmful) ? text : replaced(text);
    }

    /** The text of {@link #visible}, on one line. */
    public static String oneLine(String text) {
        return visible(text).replace('\t', ' ').replace('\r', ' ').replace('\n', ' ');
    }

    private static String replaced(String text) {
        var result = new StringBuilder();
        text.codePoints().forEach(c -> result.appendCodePoint(harmful(c) ? '\uFFFD' : c));
        return result.toString();
    }

    private static boolean harmful(int c) {
        boolean layout = c == '\n' || c == '\t' || c == '\r';
        return !layout && (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
    }
}
