package dev.oaiproxy.proxy.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a request head that this package needs.
 *
 * @param bodyBytes the length of the body, or {@link #CHUNKED}
 * @param forwardedFor the values of {@code X-Forwarded-For}, joined by commas, or null
 * @param origin the page that a browser sends the request for, or null
 * @param form the form of the request line
 */
record RequestHead(
        long bodyBytes, @Nullable String forwardedFor, @Nullable String origin, Form form) {
    enum Form {
        /** HTTP/1.1 with a path. */
        USUAL,
        /** HTTP/1.1 with a whole URL. */
        ABSOLUTE,
        /** HTTP/1.0, whose response ends with the connection. */
        HTTP_1_0
    }

    static final long CHUNKED = -1;

    /** The most digits of a length: enough for a terabyte, and too few to overflow. */
    private static final int MOST_DIGITS = 13;

    private static final byte[] CONTENT_LENGTH = "content-length".getBytes(ISO_8859_1);
    private static final byte[] TRANSFER_ENCODING = "transfer-encoding".getBytes(ISO_8859_1);
    private static final byte[] X_FORWARDED_FOR = "x-forwarded-for".getBytes(ISO_8859_1);
    private static final byte[] ORIGIN = "origin".getBytes(ISO_8859_1);
    private static final Pattern ORIGIN_LINE =
            Pattern.compile("\\n(?i:origin):[ \\t]*([!-~]{1,300})[ \\t]*\\r?\\n");
    private static final byte[] CONNECT = "connect".getBytes(ISO_8859_1);
    private static final byte[] HTTP_1 = " HTTP/1.1".getBytes(ISO_8859_1);

    /**
     * Reads a whole head, in which each line ends with CR LF.
     *
     * @param bytes begins with the request line and ends with an empty line
     * @param length the number of bytes that belong to the head
     * @throws FramingException when a line is malformed
     */
    static RequestHead parse(byte[] bytes, int length) {
        int end = lineEnd(bytes, 0);
        Headers headers = new Headers(requestLine(bytes, end));
        for (int line = end + 2; line < length - 2; line = end + 2) {
            end = lineEnd(bytes, line);
            headers.add(bytes, line, end);
        }
        return headers.head();
    }

    /**
     * The {@code Origin} in a malformed head, or null.
     *
     * @param bytes the bytes of the head that have come
     */
    static @Nullable String originIn(byte[] bytes) {
        Matcher origin = ORIGIN_LINE.matcher(new String(bytes, ISO_8859_1));
        return origin.find() ? origin.group(1) : null;
    }

    private static int lineEnd(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != '\r') {
            at++;
        }
        return at;
    }

    private static Form requestLine(byte[] bytes, int end) {
        int method = 0;
        boolean lower = false;
        while (method < end && isToken(bytes[method])) {
            lower |= bytes[method] >= 'a' && bytes[method] <= 'z';
            method++;
        }
        int target = end - HTTP_1.length;
        if (method == 0 || bytes[method] != ' ' || target <= method + 1) {
            throw new FramingException(FramingFault.REQUEST_LINE);
        }
        boolean http10 = isHttp10(bytes, target);
        for (int at = method + 1; at < target; at++) {
            if (bytes[at] == ' ') {
                throw new FramingException(FramingFault.REQUEST_LINE);
            }
        }
        if (lower) {
            throw new FramingException(FramingFault.METHOD);
        }
        if (is(bytes, 0, method, CONNECT)) {
            throw new FramingException(FramingFault.TUNNEL);
        }
        Form form = form(bytes, method + 1, target);
        return http10 ? Form.HTTP_1_0 : form;
    }

    private static Form form(byte[] bytes, int from, int end) {
        if (bytes[from] == '/') {
            return Form.USUAL;
        }
        String target = new String(bytes, from, end - from, ISO_8859_1);
        return OriginForm.isAbsolute(target) ? Form.ABSOLUTE : Form.USUAL;
    }

    private static boolean isHttp10(byte[] bytes, int at) {
        int digit = HTTP_1.length - 1;
        for (int i = 0; i < digit - 2; i++) {
            if (bytes[at + i] != HTTP_1[i]) {
                throw new FramingException(FramingFault.REQUEST_LINE);
            }
        }
        boolean http10 = bytes[at + digit] == '0';
        if (bytes[at + digit - 2] != '1' || (bytes[at + digit] != '1' && !http10)) {
            throw new FramingException(FramingFault.VERSION);
        }
        return http10;
    }

    /** RFC 9110, section 5.6.2. */
    private static boolean isToken(byte b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || (b > ' ' && "!#$%&'*+-.^_`|~".indexOf(b) >= 0);
    }

    private static boolean is(byte[] bytes, int from, int end, byte[] name) {
        if (end - from != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if ((bytes[from + i] | 0x20) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** The few headers that matter for framing. */
    private static final class Headers {
        private @Nullable String length;
        private @Nullable String encoding;
        private @Nullable String forwardedFor;
        private @Nullable String origin;
        private final Form form;

        Headers(Form form) {
            this.form = form;
        }

        void add(byte[] bytes, int from, int end) {
            int colon = from;
            while (colon < end && isToken(bytes[colon])) {
                colon++;
            }
            // A folded line begins with a space, and so has no name.
            if (colon == from || colon == end || bytes[colon] != ':') {
                throw new FramingException(FramingFault.HEADER);
            }
            if (is(bytes, from, colon, CONTENT_LENGTH)) {
                if (length != null) {
                    throw new FramingException(FramingFault.LENGTH);
                }
                length = value(bytes, colon, end);
            } else if (is(bytes, from, colon, TRANSFER_ENCODING)) {
                encoding = joined(encoding, value(bytes, colon, end));
            } else if (is(bytes, from, colon, X_FORWARDED_FOR)) {
                forwardedFor = joined(forwardedFor, value(bytes, colon, end));
            } else if (is(bytes, from, colon, ORIGIN)) {
                origin = value(bytes, colon, end);
            }
        }

        private static String value(byte[] bytes, int colon, int end) {
            return new String(bytes, colon + 1, end - colon - 1, ISO_8859_1).strip();
        }

        private static String joined(@Nullable String before, String value) {
            return before == null ? value : before + "," + value;
        }

        RequestHead head() {
            if (encoding != null) {
                checkEncoding(encoding);
                return new RequestHead(CHUNKED, forwardedFor, origin, form);
            }
            return new RequestHead(length == null ? 0 : number(length), forwardedFor, origin, form);
        }

        private void checkEncoding(String codings) {
            if (length != null) {
                throw new FramingException(FramingFault.LENGTH);
            }
            // RFC 9112, section 6.1: a proxy in front of this one may not have understood the
            // chunks.
            if (form == Form.HTTP_1_0) {
                throw new FramingException(FramingFault.CHUNKS_OF_1_0);
            }
            int last = codings.lastIndexOf(',');
            if (!codings.substring(last + 1).strip().equalsIgnoreCase("chunked")) {
                throw new FramingException(FramingFault.TRANSFER_ENCODING);
            }
            if (last >= 0) {
                throw new FramingException(FramingFault.CODING);
            }
        }

        private static long number(String digits) {
            boolean well = !digits.isEmpty() && digits.length() <= MOST_DIGITS;
            for (int i = 0; i < digits.length() && well; i++) {
                well = digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
            }
            if (!well) {
                throw new FramingException(FramingFault.LENGTH);
            }
            return Long.parseLong(digits);
        }
    }
}
