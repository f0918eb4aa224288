package dev.oaiproxy.metering.request.form;

import dev.oaiproxy.metering.request.json.MalformedException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The headers of one part of a form (RFC 7578, section 4).
 *
 * @param name the field's name
 * @param file true if the part holds a file
 */
record PartHead(String name, boolean file) {
    private static final int LONGEST_NAME = 256;
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~\\w-]+");
    private static final Pattern LINE_FOLD = Pattern.compile("\r\n[ \t]+");
    private static final Set<String> PLAIN_ENCODINGS = Set.of("binary", "8bit", "7bit");

    /** Encodings that contain ASCII unchanged. */
    private static final Set<String> CHARSETS =
            Set.of("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252");

    /**
     * Reads the header lines of a part.
     *
     * @param lines the lines without the blank line at their end
     */
    static PartHead read(String lines) throws MalformedException {
        String unfolded = LINE_FOLD.matcher(lines).replaceAll(" ");
        HeaderParameters disposition = null;
        boolean plain = true;
        for (String line : unfolded.split("\r\n", -1)) {
            String name = name(line);
            String value = line.substring(name.length() + 1).strip();
            if (name.equals("content-disposition")) {
                if (disposition != null) {
                    throw HeaderParameters.odd("a part has two names");
                }
                disposition = HeaderParameters.read(value);
            } else {
                plain &= isPlain(name, value.toLowerCase(Locale.ROOT));
            }
        }
        if (disposition == null || !disposition.value().equals("form-data")) {
            throw HeaderParameters.odd("a part has no name");
        }
        boolean file = disposition.has("filename");
        if (!file && !plain) {
            throw HeaderParameters.odd("a field has an encoding that this proxy does not accept");
        }
        return new PartHead(name(disposition), file);
    }

    private static String name(String line) throws MalformedException {
        int colon = line.indexOf(':');
        String name = line.substring(0, Math.max(0, colon));
        if (!HEADER_NAME.matcher(name).matches() || !isText(line)) {
            throw HeaderParameters.odd("a part has a header that cannot be read");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static boolean isText(String line) {
        return line.chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0);
    }

    private static String name(HeaderParameters disposition) throws MalformedException {
        Optional<String> name = disposition.plain("name");
        if (name.isEmpty() || name.get().isEmpty()) {
            throw HeaderParameters.odd("a part has no name");
        }
        String text = name.get();
        if (text.length() > LONGEST_NAME || !text.equals(text.strip()) || text.startsWith("'")) {
            throw HeaderParameters.odd("a part has a name that is too long or odd");
        }
        return text;
    }

    /**
     * True if the header leaves the bytes of a value unchanged. The values of files are not
     * checked.
     */
    private static boolean isPlain(String name, String value) {
        return switch (name) {
            case "content-transfer-encoding" -> PLAIN_ENCODINGS.contains(value);
            case "content-type" -> isPlainType(value);
            default -> true;
        };
    }

    private static boolean isPlainType(String type) {
        int charset = type.indexOf("charset=");
        if (type.startsWith("multipart/") || charset < 0) {
            return !type.startsWith("multipart/");
        }
        String named = type.substring(charset + "charset=".length()).replace("\"", "");
        return CHARSETS.contains(named.split("[;\\s]", 2)[0]);
    }
}
