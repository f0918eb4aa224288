package dev.oaiproxy.server.catalogue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code multipart/form-data} body (RFC 7578), read in place: where its parts are, and what they
 * are called. Strict, since what OpenAI reads otherwise than this would not be metered.
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
public record Form(byte[] body, List<Form.Part> parts) {
    private static final int MOST_PARTS = 128;
    private static final int LONGEST_HEAD = 4096;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private static final Pattern BOUNDARY =
            Pattern.compile(
                    "multipart/form-data\\s*;\\s*boundary="
                            + "(?:\"([^\"\\\\]{1,70})\"|([^\\s;\",]{1,70}))"
                            + "\\s*(?:;\\s*charset=\"?utf-8\"?\\s*)?",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern DISPOSITION =
            Pattern.compile(
                    "form-data\\s*;\\s*name=\"([^\"\\\\]*)\""
                            + "((?:\\s*;\\s*filename\\*?=(?:\"[^\"]*\"|[^;\"\\s]+))*)\\s*",
                    Pattern.CASE_INSENSITIVE);

    /**
     * One part.
     *
     * @param file whether it names a file
     * @param from where its value begins in the body
     * @param to where it ends
     */
    public record Part(String name, boolean file, int from, int to) {
        int size() {
            return to - from;
        }
    }

    static boolean isForm(String contentType) {
        return contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
    }

    /** Reads a body in place. */
    static Form read(String contentType, byte[] body) throws MalformedException {
        Matcher boundary = BOUNDARY.matcher(contentType.strip());
        if (!boundary.matches()) {
            throw wrong("its boundary is missing or odd");
        }
        String named = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
        byte[] line = ("--" + named).getBytes(ISO_8859_1);
        if (!startsWith(body, 0, line)) {
            throw wrong("it does not begin with its boundary");
        }
        return new Form(body, parts(body, line));
    }

    private static List<Part> parts(byte[] body, byte[] line) throws MalformedException {
        byte[] separator = ("\r\n" + new String(line, ISO_8859_1)).getBytes(ISO_8859_1);
        List<Part> parts = new ArrayList<>();
        int at = line.length;
        while (!startsWith(body, at, new byte[] {'-', '-'})) {
            if (!startsWith(body, at, new byte[] {'\r', '\n'}) || parts.size() == MOST_PARTS) {
                throw wrong("a boundary is odd, or there are too many parts");
            }
            int head = at + 2;
            int value = find(body, HEAD_END, head, head + LONGEST_HEAD);
            int end = value < 0 ? -1 : find(body, separator, value + HEAD_END.length, body.length);
            if (end < 0) {
                throw wrong("a part has no end");
            }
            String headers = new String(body, head, value - head, UTF_8);
            parts.add(part(headers, value + HEAD_END.length, end));
            at = end + separator.length;
        }
        if (count(body, line) != parts.size() + 1) {
            throw wrong("its boundary stands inside of a part");
        }
        return List.copyOf(parts);
    }

    /** Of lines that end otherwise than by CR LF, another parser might take one for a boundary. */
    private static int count(byte[] body, byte[] line) {
        int count = 0;
        for (int at = find(body, line, 0, body.length); at >= 0; count++) {
            at = find(body, line, at + line.length, body.length);
        }
        return count;
    }

    private static Part part(String headers, int from, int to) throws MalformedException {
        if (headers.replace("\r\n", "").matches("(?s).*[\r\n\\x00].*")) {
            throw wrong("a header of a part has a line end inside");
        }
        String disposition = null;
        for (String header : headers.split("\r\n", -1)) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-disposition:") && disposition == null) {
                disposition = header.substring("content-disposition:".length()).strip();
            } else if (!isHarmless(lower)) {
                throw wrong("a part has a header that this proxy does not know");
            }
        }
        Matcher matcher = DISPOSITION.matcher(disposition == null ? "" : disposition);
        if (!matcher.matches()) {
            throw wrong("the name of a part is missing or odd");
        }
        return new Part(matcher.group(1), !matcher.group(2).isEmpty(), from, to);
    }

    private static boolean isHarmless(String header) {
        return header.startsWith("content-type:")
                || header.startsWith("content-length:")
                || header.matches("content-transfer-encoding:\\s*(binary|8bit|7bit)\\s*");
    }

    /** The value of the one field of that name; files do not count. */
    Optional<String> text(String name, int longest) throws MalformedException {
        Optional<Part> field = field(name);
        if (field.isEmpty()) {
            return Optional.empty();
        }
        if (field.get().size() > longest) {
            throw MalformedException.value(name, "at most " + longest + " characters");
        }
        return field.map(this::text);
    }

    private Optional<Part> field(String name) throws MalformedException {
        List<Part> named = parts.stream().filter(part -> part.name().equals(name)).toList();
        if (named.size() > 1) {
            throw MalformedException.twice(name);
        }
        if (!named.isEmpty() && named.getFirst().file()) {
            throw MalformedException.type(name, "a field", "a file");
        }
        return named.stream().findFirst();
    }

    private String text(Part part) {
        return new String(body, part.from(), part.size(), UTF_8);
    }

    /** The size of all files together. */
    long fileBytes() {
        return parts.stream().filter(Part::file).mapToLong(Part::size).sum();
    }

    /**
     * The bytes of a form with another value of a field; one that is not there is put first, and
     * all else stays as it is.
     *
     * @throws IllegalArgumentException when it is not a form that {@link RequestScanner} accepts
     */
    public static byte[] with(String contentType, byte[] body, String name, String value) {
        try {
            return read(contentType, body).with(name, value);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e.message());
        }
    }

    private byte[] with(String name, String value) throws MalformedException {
        Optional<Part> old = field(name);
        if (old.isPresent()) {
            return joined(old.get().from(), value.getBytes(UTF_8), old.get().to());
        }
        int line = find(body, new byte[] {'\r', '\n'}, 0, body.length);
        String boundary = new String(body, 0, line, ISO_8859_1);
        String part = "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n";
        return joined(line, (part + value + "\r\n" + boundary).getBytes(ISO_8859_1), line);
    }

    /** The body up to an offset, something else, and the body from another offset on. */
    private byte[] joined(int to, byte[] between, int from) {
        // Of a body that may hold a file, one copy is enough.
        byte[] joined = new byte[to + between.length + body.length - from];
        System.arraycopy(body, 0, joined, 0, to);
        System.arraycopy(between, 0, joined, to, between.length);
        System.arraycopy(body, from, joined, to + between.length, body.length - from);
        return joined;
    }

    private static int find(byte[] body, byte[] wanted, int from, int to) {
        int last = Math.min(to, body.length) - wanted.length;
        for (int at = from; at <= last; at++) {
            if (body[at] == wanted[0] && startsWith(body, at, wanted)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean startsWith(byte[] body, int at, byte[] wanted) {
        if (at + wanted.length > body.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (body[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static MalformedException wrong(String why) {
        return new MalformedException("We could not parse your form data: " + why + ".", null);
    }

    @Override
    public String toString() {
        return "Form" + parts;
    }
}
