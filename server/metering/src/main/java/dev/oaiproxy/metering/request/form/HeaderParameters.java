package dev.oaiproxy.metering.request.form;

import dev.oaiproxy.metering.request.json.MalformedException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A header's value with parameters, such as {@code form-data; name="x"} (RFC 2183, and RFC 9110,
 * section 5.6.6). It accepts quoted and unquoted parameters, and refuses a header that two parsers
 * could read differently.
 *
 * @param value the text before the first parameter, in lower case
 * @param parameters the parameters by their names in lower case
 */
record HeaderParameters(String value, Map<String, String> parameters) {
    /** The start of a name parameter for a parser that takes a backslash literally. */
    private static final Pattern HIDDEN_NAME =
            Pattern.compile("(?i)[;\\s\"]name[*\\d]*\\s*=", Pattern.UNICODE_CHARACTER_CLASS);

    static HeaderParameters read(String text) throws MalformedException {
        return new Reader(text).read();
    }

    /** The value of a parameter in plain form, neither encoded nor split into pieces. */
    Optional<String> plain(String name) throws MalformedException {
        for (String given : parameters.keySet()) {
            if (given.startsWith(name + "*")) {
                throw odd("'" + name + "' is encoded or split into pieces");
            }
        }
        return Optional.ofNullable(parameters.get(name));
    }

    /** True if a parameter is present in any encoding. */
    boolean has(String name) {
        return parameters.keySet().stream()
                .anyMatch(given -> given.equals(name) || given.startsWith(name + "*"));
    }

    static MalformedException odd(String why) {
        return new MalformedException("We could not parse your form data: " + why + ".", null);
    }

    private static final class Reader {
        private final String text;
        private final Map<String, String> parameters = new LinkedHashMap<>();
        private int at;

        Reader(String text) {
            this.text = text;
        }

        HeaderParameters read() throws MalformedException {
            String value = token().toLowerCase(Locale.ROOT);
            while (at < text.length()) {
                at++;
                parameter();
            }
            if (text.indexOf('\\') >= 0 && HIDDEN_NAME.matcher(text).results().count() > 1) {
                throw odd("a header has backslashes that can be read in two ways");
            }
            return new HeaderParameters(value, parameters);
        }

        /** The text before the next semicolon. */
        private String token() throws MalformedException {
            int end = text.indexOf(';', at);
            String token = text.substring(at, end < 0 ? text.length() : end).strip();
            at = end < 0 ? text.length() : end;
            if (token.indexOf('"') >= 0) {
                throw odd("a header has a quote in the wrong place");
            }
            return token;
        }

        private void parameter() throws MalformedException {
            int equals = text.indexOf('=', at);
            int next = text.indexOf(';', at);
            if (equals < 0 || (next >= 0 && next < equals)) {
                if (!token().isEmpty()) {
                    throw odd("a header has a parameter without a value");
                }
                return;
            }
            String name = text.substring(at, equals).strip().toLowerCase(Locale.ROOT);
            at = equals + 1;
            blanks();
            String value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
            if (parameters.put(name, value) != null) {
                throw odd("a header has '" + name + "' twice");
            }
        }

        private String quoted() throws MalformedException {
            StringBuilder value = new StringBuilder();
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                if (isEscape()) {
                    at++;
                }
                value.append(text.charAt(at));
                at++;
            }
            if (at == text.length()) {
                throw odd("a header has a quote without an end");
            }
            at++;
            blanks();
            if (at < text.length() && text.charAt(at) != ';') {
                throw odd("a header continues after a quote");
            }
            return value.toString();
        }

        /** True for an escaping backslash. Any other backslash is part of a file's path. */
        private boolean isEscape() {
            return text.charAt(at) == '\\'
                    && at + 1 < text.length()
                    && (text.charAt(at + 1) == '"' || text.charAt(at + 1) == '\\');
        }

        private void blanks() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }
    }
}
