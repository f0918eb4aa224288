package dev.oaiproxy.cli.demo;

import dev.oaiproxy.cli.output.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client that asks for a stream, reads its beginning, and cuts the connection. */
final class HangUp {
    private static final int PIECES = 3;
    private static final int PATIENCE_MILLIS = 30_000;

    private HangUp() {}

    /** Does it; returns the call's id. */
    static String on(Caller caller, Caller.Chat chat) {
        try (var socket = new Socket(caller.server().getHost(), caller.server().getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            ask(socket.getOutputStream(), caller, caller.streamBody(chat));
            var input = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8);
            return beginning(new BufferedReader(input));
        } catch (IOException e) {
            throw Failure.failed("the streamed answer did not begin", "see above");
        }
    }

    private static void ask(OutputStream out, Caller caller, byte[] body) throws IOException {
        String head =
                """
                POST /v1/chat/completions HTTP/1.1
                Host: %s:%d
                Authorization: Bearer %s
                Content-Type: application/json
                Content-Length: %d

                """
                        .formatted(
                                caller.server().getHost(),
                                caller.server().getPort(),
                                caller.key(),
                                body.length)
                        .replace("\n", "\r\n");
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    private static String beginning(BufferedReader reader) throws IOException {
        String id = "";
        int pieces = 0;
        while (pieces < PIECES) {
            String line = reader.readLine();
            if (line == null) {
                throw new IOException("the stream ended by itself");
            }
            pieces += line.startsWith("data: ") ? 1 : 0;
            if (line.toLowerCase(Locale.ROOT).startsWith(Story.CALL_ID + ":")) {
                id = line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return id;
    }
}
