package dev.oaiproxy.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client that writes what it likes and hangs up when it likes. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

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

    static RawClient to(Installation site) {
        try {
            return new RawClient(site.address());
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** Connects, and asks for a chat. */
    static RawClient chatting(Installation site, String key, String body) {
        RawClient client = to(site);
        client.say(
                """
                POST /v1/chat/completions HTTP/1.1
                Host: localhost
                Authorization: Bearer %s
                Content-Type: application/json
                Content-Length: %d

                %s"""
                        .formatted(key, body.length(), body));
        return client;
    }

    /** Writes a text in which each line break is CR LF. */
    void say(String text) {
        try {
            byte[] bytes = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
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

    /** All that comes until the server hangs up. */
    String rest() {
        StringBuilder rest = new StringBuilder();
        for (String line = line(); line != null; line = line()) {
            rest.append(line).append('\n');
        }
        return rest.toString();
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
