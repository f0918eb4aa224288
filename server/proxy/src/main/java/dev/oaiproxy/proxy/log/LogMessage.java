package dev.oaiproxy.proxy.log;

import dev.oaiproxy.ledger.key.Redaction;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message with its values filled in, as {@code java.text.MessageFormat} does for {@code {0}}, and
 * the values by their names.
 *
 * <p>Names come from the message alone ({@code call={0}}, {@code event=stopping}), never from a
 * value. A named value with a space or an equals sign in it is quoted. So nothing that a client
 * sends can look like a field or a line of ours.
 */
final class LogMessage {
    /** The longest value; longer ones are cut, since they may come from a client. */
    static final int LONGEST_VALUE = 1_000;

    static final int LONGEST_LINE = 8_000;

    private static final char FIRST_PRINTABLE = ' ';
    private static final char DELETE = 0x7f;
    private static final char LAST_CONTROL = 0x9f;

    private final String pattern;
    private final Object[] values;
    private final StringBuilder text = new StringBuilder();

    /** Null where nobody wants them. */
    private final @Nullable Map<String, Object> fields;

    private LogMessage(
            @Nullable String pattern,
            Object @Nullable [] values,
            @Nullable Map<String, Object> fields) {
        this.pattern = pattern == null ? "" : pattern;
        this.values = values == null ? new Object[0] : values;
        this.fields = fields;
        fill();
    }

    /** A message with its fields. */
    static LogMessage of(@Nullable String pattern, Object @Nullable [] values) {
        return new LogMessage(pattern, values, new LinkedHashMap<>());
    }

    /** The whole message on one line, without its fields. */
    static String text(@Nullable String pattern, Object @Nullable [] values) {
        return new LogMessage(pattern, values, null).text();
    }

    /** The whole message on one line. */
    String text() {
        return text.toString();
    }

    /** The named values: numbers as numbers, all else as text. */
    Map<String, Object> fields() {
        return fields == null ? Map.of() : fields;
    }

    private void fill() {
        int at = 0;
        while (at < pattern.length() && text.length() < LONGEST_LINE) {
            char c = pattern.charAt(at);
            if (c == '{' && closing(at) > 0) {
                value(nameBefore(at), values[index(at)]);
                at = closing(at) + 1;
            } else if (c == '\'' && values.length > 0 && isDoubled(at)) {
                text.append(c);
                at += 2;
            } else {
                literalField(at);
                append(c);
                at++;
            }
        }
    }

    private boolean isDoubled(int at) {
        return at + 1 < pattern.length() && pattern.charAt(at + 1) == '\'';
    }

    /** The end of the braces around a value's number; negative when there are none. */
    private int closing(int open) {
        int close = open + 1;
        while (close < pattern.length() && isDigit(pattern.charAt(close))) {
            close++;
        }
        boolean closed = close < pattern.length() && pattern.charAt(close) == '}';
        // The number of a value has one or two digits.
        boolean number = close > open + 1 && close < open + 4;
        return closed && number && index(open) < values.length ? close : -1;
    }

    private int index(int open) {
        int number = 0;
        for (int at = open + 1; isDigit(pattern.charAt(at)); at++) {
            number = number * 10 + pattern.charAt(at) - '0';
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The name before an equals sign that ends just before this place, or null. */
    private @Nullable String nameBefore(int at) {
        if (at == 0 || pattern.charAt(at - 1) != '=') {
            return null;
        }
        int from = at - 1;
        while (from > 0 && isNameLetter(pattern.charAt(from - 1))) {
            from--;
        }
        boolean begins = from == 0 || pattern.charAt(from - 1) == ' ';
        return begins && from < at - 1 ? pattern.substring(from, at - 1) : null;
    }

    private static boolean isNameLetter(char c) {
        return (c >= 'a' && c <= 'z') || c == '_';
    }

    /** Notes the value of a field that is written out in the message and begins at this place. */
    private void literalField(int at) {
        String name = fields == null ? null : nameBefore(at);
        if (name == null) {
            return;
        }
        int end = pattern.indexOf(' ', at);
        end = end < 0 ? pattern.length() : end;
        while (end > at && ":;,.".indexOf(pattern.charAt(end - 1)) >= 0) {
            end--;
        }
        if (end > at && fields != null) {
            fields.put(name, pattern.substring(at, end));
        }
    }

    private void value(@Nullable String name, @Nullable Object value) {
        String plain = cut(String.valueOf(value));
        if (name == null) {
            appendAll(plain);
            return;
        }
        if (fields != null) {
            fields.put(name, value instanceof Number ? value : plain);
        }
        boolean quoted = needsQuotes(plain);
        text.append(quoted ? "\"" : "");
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            text.append(quoted && (c == '"' || c == '\\') ? "\\" : "");
            append(c);
        }
        text.append(quoted ? "\"" : "");
    }

    /** Masks keys in a text, and cuts it to {@link #LONGEST_VALUE}. */
    static String cut(String value) {
        String some = value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) : value;
        return Redaction.keys(some);
    }

    private static boolean needsQuotes(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == ' ' || c == '=' || c == '"' || c == '\\' || isControl(c)) {
                return true;
            }
        }
        return value.isEmpty();
    }

    private void appendAll(String plain) {
        for (int i = 0; i < plain.length(); i++) {
            append(plain.charAt(i));
        }
    }

    private void append(char c) {
        appendTo(text, c);
    }

    /** Appends a character, escaped when it would end the line or change its writing direction. */
    static void appendTo(StringBuilder line, char c) {
        switch (c) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                if (isControl(c)) {
                    line.append("\\u").append(HexFormat.of().toHexDigits(c));
                } else {
                    line.append(c);
                }
            }
        }
    }

    /**
     * True for control characters, other line ends, and characters that change the writing
     * direction.
     */
    private static boolean isControl(char c) {
        return c < FIRST_PRINTABLE
                || (c >= DELETE && c <= LAST_CONTROL)
                || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0xfeff;
    }
}
