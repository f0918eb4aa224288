package dev.oaiproxy.proxy.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;
import java.util.Set;

/**
 * Rewrites a head of HTTP/1.0, or one with a whole URL as its target, as HTTP/1.1 with a path; RFC
 * 9112, section 3.2.2.
 */
final class OriginForm {
    private static final String LINE_END = "\r\n";
    private static final String MARKS_OF_HOSTS = "-._~:[]";

    /**
     * The host of a request that names none. It is not a loopback name, since such a client has not
     * shown that it is local.
     */
    private static final String UNKNOWN_HOST = "unknown";

    /**
     * Headers that mean something else in HTTP/1.0, or that a response to it must ignore; RFC 9110,
     * sections 7.8 and 10.1.1.
     */
    private static final Set<String> NOT_IN_1_0 =
            Set.of("connection", "proxy-connection", "keep-alive", "upgrade", "expect", "te");

    private final StringBuilder out;
    private final boolean http10;
    private String authority = "";
    private boolean named;

    private OriginForm(int length, RequestHead.Form form) {
        this.out = new StringBuilder(length + 64);
        this.http10 = form == RequestHead.Form.HTTP_1_0;
    }

    /** True when a target is a URL with a host. */
    static boolean isAbsolute(String target) {
        return schemeEnd(target) > 0;
    }

    private static int schemeEnd(String target) {
        String start = target.substring(0, Math.min(target.length(), 8)).toLowerCase(Locale.ROOT);
        if (start.startsWith("http://")) {
            return "http://".length();
        }
        return start.equals("https://") ? start.length() : 0;
    }

    /**
     * Rewrites a sound head.
     *
     * @throws FramingException when its target names no host
     */
    static byte[] of(byte[] head, RequestHead.Form form) {
        OriginForm written = new OriginForm(head.length, form);
        written.write(new String(head, ISO_8859_1));
        return written.out.toString().getBytes(ISO_8859_1);
    }

    private void write(String head) {
        int end = head.indexOf(LINE_END);
        requestLine(head.substring(0, end));
        for (int at = end + 2; at < head.length() - 2; at = end + 2) {
            end = head.indexOf(LINE_END, at);
            header(head.substring(at, end));
        }
        if (!named) {
            line("Host: " + (authority.isEmpty() ? UNKNOWN_HOST : authority));
        }
        if (http10) {
            line("Connection: close");
        }
        out.append(LINE_END);
    }

    private void line(String line) {
        out.append(line).append(LINE_END);
    }

    private void requestLine(String line) {
        int space = line.indexOf(' ');
        String target = line.substring(space + 1, line.lastIndexOf(' '));
        line(line.substring(0, space) + " " + path(target) + " HTTP/1.1");
    }

    private String path(String target) {
        int from = schemeEnd(target);
        if (from == 0) {
            return target;
        }
        int end = from;
        while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
            end++;
        }
        authority = target.substring(from, end);
        if (authority.isEmpty() || !authority.chars().allMatch(OriginForm::isOfHost)) {
            throw new FramingException(FramingFault.REQUEST_LINE);
        }
        String path = target.substring(end);
        return path.startsWith("/") ? path : "/" + path;
    }

    /**
     * Accepts the characters of hosts. User names and passwords before a host are refused; RFC
     * 9110, section 4.2.4.
     */
    private static boolean isOfHost(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || MARKS_OF_HOSTS.indexOf(c) >= 0;
    }

    /** Writes a header. A second host is kept, and Helidon's reader refuses it. */
    private void header(String line) {
        String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
        boolean host = name.equals("host");
        if (host && !named && !authority.isEmpty()) {
            line("Host: " + authority);
        } else if (!http10 || !NOT_IN_1_0.contains(name)) {
            line(line);
        }
        named |= host;
    }
}
