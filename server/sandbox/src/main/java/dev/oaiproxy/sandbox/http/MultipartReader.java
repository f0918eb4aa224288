package dev.oaiproxy.sandbox.http;

import dev.oaiproxy.sandbox.http.RequestForm.FormPart;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
    private static final String BLANK_LINE = "\r\n\r\n";
    private final String body;
    private final Matcher delimiter;

    MultipartReader(byte[] body, String boundary) {
        this.body = new String(body, StandardCharsets.ISO_8859_1);
        // Longer lines that begin like a boundary are content.
        this.delimiter =
                Pattern.compile("(?:^|\r\n)--" + Pattern.quote(boundary) + "(--|(?=\r\n))")
                        .matcher(this.body);
    }

    static Optional<String> boundary(String contentType) {
        Matcher matcher = BOUNDARY.matcher(contentType);
        return matcher.find() ? Optional.of(value(matcher, 1)) : Optional.empty();
    }

    /** All parts; empty if the body is truncated. */
    Optional<List<FormPart>> parts() {
        List<FormPart> parts = new ArrayList<>();
        int from = -1;
        while (delimiter.find()) {
            if (from >= 0) {
                String part = body.substring(from, delimiter.start());
                int headersEnd = part.indexOf(BLANK_LINE);
                if (headersEnd < 0) {
                    return Optional.empty();
                }
                parts.add(part(part, headersEnd));
            }
            if (!delimiter.group(1).isEmpty()) {
                return Optional.of(parts);
            }
            from = delimiter.end();
        }
        return Optional.empty();
    }

    private static FormPart part(String part, int headersEnd) {
        String headers = new String(bytes(part.substring(0, headersEnd)), StandardCharsets.UTF_8);
        byte[] content = bytes(part.substring(headersEnd + BLANK_LINE.length()));
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

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
