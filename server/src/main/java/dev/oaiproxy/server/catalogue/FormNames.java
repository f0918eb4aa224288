package dev.oaiproxy.server.catalogue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks through a form ({@code multipart/form-data}) for fields that name objects of OpenAI's,
 * which belong into JSON, where their owner can be looked up.
 *
 * <p>It takes whatever looks like the head of a part for one, wherever it stands, so that no two
 * readings of a boundary can hide a field.
 */
final class FormNames {
    private static final byte[] HEADER = "content-disposition".getBytes(ISO_8859_1);
    private static final int LONGEST_HEAD = 8192;
    private static final Pattern HEAD_END = Pattern.compile("\r?\n\r?\n");

    /** With a mark for names in another encoding, or in pieces. */
    private static final Pattern NAME =
            Pattern.compile("(?i)(?<![\\w-])name(\\*[\\d*]*)?\\s*=\\s*(\\S*)");

    private static final Pattern PLAIN = Pattern.compile("\"([\\w.\\[\\]-]+)\";?");

    private FormNames() {}

    /** Whether a body can be a form at all; no JSON begins so. */
    static boolean isForm(byte[] body) {
        return body.length > 2 && body[0] == '-' && body[1] == '-';
    }

    /** Why a form must not be passed on. */
    static Optional<String> fault(byte[] form) {
        for (int at = 1; at < form.length; at++) {
            boolean lineStart = form[at - 1] == '\n' || form[at - 1] == '\r';
            if (lineStart && isHeader(form, at)) {
                Optional<String> fault = fault(form, at);
                if (fault.isPresent()) {
                    return fault;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> fault(byte[] form, int from) {
        int length = Math.min(LONGEST_HEAD, form.length - from);
        String[] parts = HEAD_END.split(new String(form, from, length, ISO_8859_1), 2);
        return parts.length == 1 && length == LONGEST_HEAD
                ? Optional.of("The head of a part of the form is too long.")
                : fault(parts[0]);
    }

    private static Optional<String> fault(String head) {
        Matcher name = NAME.matcher(head);
        while (name.find()) {
            Matcher plain = PLAIN.matcher(name.group(2));
            if (name.group(1) != null || !plain.matches()) {
                return Optional.of("A field of the form has a name that cannot be read.");
            }
            for (String part : plain.group(1).split("[.\\[\\]]+", -1)) {
                if (References.NAMES.contains(part)) {
                    return Optional.of("Send '" + part + "' in a JSON body.");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isHeader(byte[] form, int from) {
        if (form.length - from < HEADER.length) {
            return false;
        }
        for (int i = 0; i < HEADER.length; i++) {
            if ((form[from + i] | 0x20) != (HEADER[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }
}
