package dev.oaiproxy.proxy.upstream.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.oaiproxy.base.alarm.Alarms;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens a tunnel to OpenAI through a proxy; RFC 9110, section 9.3.6. */
public final class ProxyTunnel {
    private static final Logger LOG = System.getLogger(ProxyTunnel.class.getName());
    private static final int MOST_HEAD_BYTES = 16 << 10;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})(?: .*)?");
    public static final int LOGIN_WANTED = 407;

    private ProxyTunnel() {}

    /**
     * Asks for a tunnel on a connection to the proxy.
     *
     * @throws IOException when the proxy does not open one
     */
    public static void open(Socket socket, OutboundProxy proxy, String target) throws IOException {
        StringBuilder head = new StringBuilder();
        head.append("CONNECT ").append(target).append(" HTTP/1.1\r\nHost: ").append(target);
        proxy.authorization()
                .ifPresent(login -> head.append("\r\nProxy-Authorization: ").append(login));
        socket.getOutputStream().write(head.append("\r\n\r\n").toString().getBytes(ISO_8859_1));
        String answer = answer(socket.getInputStream());
        Matcher status = STATUS.matcher(answer.substring(0, answer.indexOf("\r\n")));
        if (!status.matches()) {
            throw new IOException(proxy + " is not an HTTP proxy");
        }
        int code = Integer.parseInt(status.group(1));
        if (code < 200 || code > 299) {
            throw refused(proxy, code);
        }
    }

    /** Reads the response head and no byte more, since TLS follows. */
    private static String answer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
            int next = in.read();
            if (next < 0 || head.length() == MOST_HEAD_BYTES) {
                throw new IOException("the proxy did not respond to CONNECT");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** Raises the alarm about a refusal, and returns the exception for the call. */
    public static IOException refused(OutboundProxy proxy, int status) {
        String remedy =
                status == LOGIN_WANTED
                        ? "put user and password into the proxy's URL"
                        : "check that the proxy may reach OpenAI";
        Alarms.raise(
                LOG,
                "outbound_proxy_refuses",
                "proxy={0} status={1} remedy=\"{2}\"",
                proxy,
                status,
                remedy);
        return new IOException(
                "the proxy " + proxy + " refused the connection with status " + status);
    }
}
