package dev.oaiproxy.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that writes what it likes and hangs up when it likes. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 15_000;
    private static final Pattern LENGTH = Pattern.compile("\ncontent-length: *([0-9]+)\n");
    private static final String CHUNKED = "\ntransfer-encoding: chunked\n";

    private final Socket socket;
    private final BufferedReader reader;

    private RawClient(URI server) throws IOException {
        this.socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        this.reader =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    static RawClient to(ServerFixture site) {
        try {
            return new RawClient(site.address());
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** Connects, and asks for a chat. */
    static RawClient chatting(ServerFixture site, String key, String body) {
        RawClient client = to(site);
        client.say(
                """
                POST /v1/chat/completions HTTP/1.1
                Host: localhost
                Authorization: Bearer %s
                Content-Type: application/json
                Content-Length: %d

                %s\
                """
                        .formatted(key, body.length(), body));
        return client;
    }

    /** Writes the head of a request, which ends in an empty line. */
    void post(String path, String key, String type, int length) {
        say(
                """
                POST /v1%s HTTP/1.1
                Host: localhost
                Authorization: Bearer %s
                Content-Type: %s
                Content-Length: %d

                """
                        .formatted(path, key, type, length));
    }

    /** Writes a text in which each line break is CR LF. */
    void say(String text) {
        write(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Writes bytes as they are. */
    void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Reads until the next line that begins so, and gives the rest of that line. */
    String next(String beginning) {
        for (String line = line(); line != null; line = line()) {
            if (line.toLowerCase(Locale.ROOT).startsWith(beginning)) {
                return line.substring(beginning.length()).strip();
            }
        }
        throw new AssertionError("the answer ended before a line with " + beginning);
    }

    /** The id of the call that is being answered. */
    String callId() {
        return next("x-oaiproxy-call-id:");
    }

    /** The next event of a stream. */
    String event() {
        return next("data:");
    }

    /** The next answer, head and body, which must say how long it is. */
    String answer() {
        StringBuilder head = new StringBuilder();
        for (String line = line(); line != null && !line.isEmpty(); line = line()) {
            head.append(line).append('\n');
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        Matcher length = LENGTH.matcher(lower);
        String body =
                length.find()
                        ? sized(Integer.parseInt(length.group(1)))
                        : lower.contains(CHUNKED) ? chunked() : "";
        return head + "\n" + body;
    }

    private String sized(int count) {
        StringBuilder body = new StringBuilder();
        try {
            for (int c = 0; body.length() < count && c >= 0; ) {
                c = reader.read();
                body.append((char) c);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return body.toString();
    }

    private String chunked() {
        StringBuilder body = new StringBuilder();
        for (String size = line(); size != null && !size.equals("0"); size = line()) {
            body.append(sized(Integer.parseInt(size, 16)));
            line();
        }
        return body.toString();
    }

    /** All that the server still says until it hangs up, with line breaks as they come. */
    String rest() {
        StringBuilder all = new StringBuilder();
        try {
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                all.append((char) c);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return all.toString();
    }

    /** That the server hangs up as well, and says nothing more. */
    boolean seesTheEnd() {
        return line() == null;
    }

    private @org.jspecify.annotations.Nullable String line() {
        try {
            return reader.readLine();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Hangs up. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            throw new UncheckedIOException(alreadyGone);
        }
    }
}
