package dev.oaiproxy.proxy.upstream;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/**
 * The head of a response; RFC 9112, sections 4 and 5.
 *
 * @param isPersistent true when the connection may serve again after a body of known length
 */
record ResponseHead(int status, Headers headers, boolean isPersistent) {
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FIRST_FINAL = 200;
    private static final String VERSION = "HTTP/1.";
    private static final int STATUS_END = 12;

    /** Reads the final head, and skips interim ones before it. */
    static ResponseHead read(ByteSource source) throws IOException {
        source.startLines();
        while (true) {
            ResponseHead head = next(source);
            if (head.status == SWITCHING_PROTOCOLS) {
                throw new ProtocolException("an unexpected switch of protocols");
            }
            if (head.status >= FIRST_FINAL) {
                return head;
            }
        }
    }

    /** Reads one head, which may be an interim one. */
    static ResponseHead next(ByteSource source) throws IOException {
        String line = source.line();
        if (!isStatusLine(line)) {
            throw new ProtocolException("not the status line of an HTTP/1 response");
        }
        Headers headers = headers(source);
        boolean persistent = line.charAt(7) == '1' && !says(headers, "Connection", "close");
        return new ResponseHead(Integer.parseInt(line, 9, 12, 10), headers, persistent);
    }

    /** True for {@code HTTP/1.1 200 OK}, also without a reason. */
    private static boolean isStatusLine(String line) {
        return line.length() >= STATUS_END
                && line.startsWith(VERSION)
                && isWithin(line.charAt(7), '0', '1')
                && line.charAt(8) == ' '
                && isWithin(line.charAt(9), '1', '9')
                && isWithin(line.charAt(10), '0', '9')
                && isWithin(line.charAt(11), '0', '9')
                && (line.length() == STATUS_END || line.charAt(STATUS_END) == ' ');
    }

    private static boolean isWithin(char c, char first, char last) {
        return c >= first && c <= last;
    }

    /** Reads header or trailer lines with the empty line that ends them. */
    static Headers headers(ByteSource source) throws IOException {
        List<Headers.Header> all = new ArrayList<>();
        for (String line = source.line(); !line.isEmpty(); line = source.line()) {
            all.add(header(line));
        }
        return new Headers(all);
    }

    private static Headers.Header header(String line) throws ProtocolException {
        int colon = line.indexOf(':');
        if (colon < 1) {
            throw new ProtocolException("a header line without a name");
        }
        try {
            return new Headers.Header(line.substring(0, colon), line.substring(colon + 1).strip());
        } catch (IllegalArgumentException malformed) {
            throw new ProtocolException(malformed.getMessage());
        }
    }

    private static boolean says(Headers headers, String name, String word) {
        for (String value : headers.values(name)) {
            for (String part : value.split(",", -1)) {
                if (part.strip().equalsIgnoreCase(word)) {
                    return true;
                }
            }
        }
        return false;
    }
}
