package dev.oaiproxy.e2e.recorded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.oaiproxy.proxy.relay.FormBuilder;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The body of a message.
 *
 * @param head its status and type, such as {@code 200 application/json}, or its type alone
 * @param lines the lines of the file: text; a form with a field in each line; or bytes as {@code
 *     hex:}
 */
record MessageBody(String head, List<String> lines) {
    private static final String FORM = "form";
    private static final String EVENTS = "text/event-stream";
    private static final byte[] PIXEL =
            Base64.getDecoder()
                    .decode(
                            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNo"
                                    + "AAAAggCBd81ytgAAAABJRU5ErkJggg==");

    int status() {
        return Integer.parseInt(head.split(" ", 2)[0]);
    }

    /** The media type. */
    String type() {
        String type = Character.isDigit(head.charAt(0)) ? head.split(" ", 2)[1] : head;
        return type.equals(FORM) ? FormBuilder.TYPE : type;
    }

    boolean isJson() {
        return type().startsWith("application/json");
    }

    boolean isEvents() {
        return type().startsWith(EVENTS);
    }

    /** True if the body is a file of JSON lines. */
    boolean isLines() {
        return type().endsWith("octet-stream") && lines.getFirst().startsWith("{");
    }

    boolean isForm() {
        return head.equals(FORM);
    }

    byte[] bytes() {
        if (isForm()) {
            return form().bytes();
        }
        if (!lines.isEmpty() && lines.getFirst().startsWith("hex:")) {
            return HexFormat.of().parseHex(lines.getFirst().substring("hex:".length()));
        }
        String end = isEvents() ? "\n\n" : type().startsWith("text/") || isLines() ? "\n" : "";
        String text = String.join("\n", lines);
        // Empty lines at the end of a part are ignored; significant ones are written as \\n.
        String whole = type().startsWith("text/plain") ? text.replace("\\n", "\n") : text;
        return (whole + end).getBytes(UTF_8);
    }

    /** The same body with some texts replaced. */
    MessageBody with(Map<String, String> replaced) {
        List<String> all =
                lines.stream()
                        .map(
                                line -> {
                                    String changed = line;
                                    for (Map.Entry<String, String> one : replaced.entrySet()) {
                                        changed = changed.replace(one.getKey(), one.getValue());
                                    }
                                    return changed;
                                })
                        .toList();
        return new MessageBody(head, all);
    }

    /** Fields are {@code name=value}; files {@code name@file=wav 7}, or indented lines follow. */
    private FormBuilder form() {
        FormBuilder formBuilder = new FormBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String[] field = lines.get(i).split("=", 2);
            String[] name = field[0].split("@", 2);
            if (name.length == 1) {
                formBuilder.field(name[0], field[1]);
            } else {
                formBuilder.file(
                        name[0], name[1], content(field.length == 1 ? "" : field[1], i + 1));
            }
            while (i + 1 < lines.size() && lines.get(i + 1).startsWith("  ")) {
                i++;
            }
        }
        return formBuilder;
    }

    private byte[] content(String kind, int from) {
        if (kind.startsWith("wav ")) {
            return FormBuilder.wav(Integer.parseInt(kind.substring("wav ".length())));
        }
        if (kind.equals("png")) {
            return PIXEL;
        }
        StringBuilder text = new StringBuilder();
        for (int i = from; i < lines.size() && lines.get(i).startsWith("  "); i++) {
            text.append(lines.get(i).substring(2)).append('\n');
        }
        return text.toString().getBytes(UTF_8);
    }

    /** The body as text for comparison; binary content is shown by its length and checksum. */
    static String text(byte[] bytes) {
        String text = new String(bytes, ISO_8859_1);
        return text.chars().allMatch(c -> c != 0)
                ? text
                : text.length() + " bytes, " + Arrays.hashCode(bytes);
    }
}
