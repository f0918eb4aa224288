package dev.oaiproxy.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a {@code .env} file.
 *
 * @param text the line as it is written
 * @param entry the variable that it defines; empty for a comment or an unknown line
 */
record EnvLine(String text, Optional<Assignment> entry) {
    private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern DEFINITION =
            Pattern.compile(
                    "(?<before>\\uFEFF?\\s*(?:export\\s+)?(?<key>"
                            + KEY
                            + ")\\s*=\\s*)(?<rest>.*)");
    // Possessive, so that a long value costs no stack.
    private static final Pattern VALUE =
            Pattern.compile(
                    "(?:\"(?<double>[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|'(?<single>[^']*+)'"
                            + "|(?<bare>(?:[^\\s#\"']\\S*+(?:\\s++[^\\s#]\\S*+)*+)?))"
                            + "(?<after>\\s*(?:#.*)?)");
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_./:@%+,=~*-]+");

    /**
     * A key and its value.
     *
     * @param before the line up to the value
     * @param after the line behind the value, such as a comment
     */
    record Assignment(String key, String value, String before, String after) {
        @Override
        public String toString() {
            return key + "=...";
        }
    }

    static EnvLine parse(String text) {
        Matcher definition = DEFINITION.matcher(text);
        if (!definition.matches()) {
            return new EnvLine(text, Optional.empty());
        }
        Matcher value = VALUE.matcher(definition.group("rest"));
        if (!value.matches()) {
            return new EnvLine(text, Optional.empty());
        }
        var entry =
                new Assignment(
                        definition.group("key"),
                        plain(value),
                        definition.group("before"),
                        value.group("after"));
        return new EnvLine(text, Optional.of(entry));
    }

    static EnvLine of(String key, String value) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("not a variable's name: " + key);
        }
        return written(new Assignment(key, value, key + "=", ""));
    }

    /** This line with another value. */
    EnvLine with(String value) {
        Assignment old = entry.orElseThrow();
        return written(new Assignment(old.key(), value, old.before(), old.after()));
    }

    @Override
    public String toString() {
        return entry.map(Assignment::toString).orElse("#");
    }

    private static EnvLine written(Assignment entry) {
        String text = entry.before() + quoted(entry) + entry.after();
        return new EnvLine(text, Optional.of(entry));
    }

    private static String plain(Matcher value) {
        String inDouble = value.group("double");
        if (inDouble != null) {
            return inDouble.replaceAll("\\\\([\"\\\\$`])", "$1");
        }
        String inSingle = value.group("single");
        return inSingle != null ? inSingle : value.group("bare");
    }

    private static String quoted(Assignment entry) {
        String value = entry.value();
        if (value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            throw new IllegalArgumentException(entry.key() + " has a control character");
        }
        if (SAFE.matcher(value).matches()) {
            return value;
        }
        // A shell that sources the file must read the same value, hence $ and ` too.
        return '"' + value.replaceAll("([\"\\\\$`])", "\\\\$1") + '"';
    }
}
