package dev.oaiproxy.sandbox.http;

import dev.oaiproxy.sandbox.http.RequestForm.FormPart;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses a {@code multipart/form-data} body (RFC 7578). */
final class MultipartReader {
    private static final Pattern BOUNDARY =
            Pattern.compile("(?i)boundary=(?:\"([^\"]+)\"|([^;\\s]+))");
    private static final Pattern PARAMETER =
            Pattern.compile(
                    "(?i);\\s*(name|filename\\*?)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;\\s]+))");
    private static final Pattern TYPE = Pattern.compile("(?i)content-type:");
    private static final Pattern TEXT_TYPE =
            Pattern.compile("(?i)content-type:\\s*(text|application/json)");
    private static final byte[] BLANK_LINE = ascii("\r\n\r\n");

    private final byte[] body;
    private final byte[] boundary;
    private int position;

    MultipartReader(byte[] body, String boundary) {
        this.body = body;
        this.boundary = ascii("--" + boundary);
    }

    static Optional<String> boundary(String contentType) {
        Matcher matcher = BOUNDARY.matcher(contentType);
        return matcher.find() ? Optional.of(value(matcher, 1)) : Optional.empty();
    }

    /** All parts; empty if the body is truncated. */
    Optional<List<FormPart>> parts() {
        List<FormPart> parts = new ArrayList<>();
        position = delimiter();
        while (position >= 0) {
            position += boundary.length;
            if (startsWith(ascii("--"))) {
                return Optional.of(parts);
            }
            Optional<FormPart> part = next();
            if (part.isEmpty()) {
                return Optional.empty();
            }
            parts.add(part.get());
            position = delimiter();
        }
        return Optional.empty();
    }

    private Optional<FormPart> next() {
        int headersEnd = find(BLANK_LINE);
        if (headersEnd < 0) {
            return Optional.empty();
        }
        String headers = new String(body, position, headersEnd - position, StandardCharsets.UTF_8);
        position = headersEnd + BLANK_LINE.length;
        int end = delimiter() - 2;
        return end < position
                ? Optional.empty()
                : Optional.of(part(headers, Arrays.copyOfRange(body, position, end)));
    }

    private static FormPart part(String headers, byte[] content) {
        String name = "";
        String filename = "";
        Matcher matcher = PARAMETER.matcher(headers);
        while (matcher.find()) {
            if (matcher.group(1).equalsIgnoreCase("name")) {
                name = value(matcher, 2);
            } else {
                filename = value(matcher, 2);
            }
        }
        boolean text = !TYPE.matcher(headers).find() || TEXT_TYPE.matcher(headers).find();
        boolean file = !filename.isEmpty() || !text;
        return new FormPart(name, file && filename.isEmpty() ? "blob" : filename, content);
    }

    /** A parameter's value, quoted or not. */
    private static String value(Matcher matcher, int group) {
        String quoted = matcher.group(group);
        return quoted == null ? matcher.group(group + 1) : quoted;
    }

    /** The start of the next boundary line. Longer lines that begin like one are content. */
    private int delimiter() {
        int start = position;
        int found = find(boundary);
        while (found >= 0 && !isDelimiter(found)) {
            position = found + 1;
            found = find(boundary);
        }
        position = start;
        return found;
    }

    private boolean isDelimiter(int at) {
        boolean lineStart = at == 0 || (at > 1 && body[at - 2] == '\r' && body[at - 1] == '\n');
        position = at + boundary.length;
        return lineStart && (startsWith(ascii("--")) || startsWith(ascii("\r\n")));
    }

    private int find(byte[] wanted) {
        for (int at = position; at <= body.length - wanted.length; at++) {
            if (body[at] == wanted[0] && matches(wanted, at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean startsWith(byte[] wanted) {
        return position + wanted.length <= body.length && matches(wanted, position);
    }

    private boolean matches(byte[] wanted, int at) {
        return Arrays.equals(body, at, at + wanted.length, wanted, 0, wanted.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
