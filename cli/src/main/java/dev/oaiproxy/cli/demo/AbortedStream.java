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
final class AbortedStream {
    private static final int PIECES = 3;
    private static final int PATIENCE_MILLIS = 30_000;

    private AbortedStream() {}

    /** Runs the client; returns the id of the call. */
    static String on(DemoClient demoClient, DemoClient.ChatRequest chat) {
        try (var socket =
                new Socket(demoClient.server().getHost(), demoClient.server().getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            ask(socket.getOutputStream(), demoClient, demoClient.streamBody(chat));
            var input = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8);
            return beginning(new BufferedReader(input));
        } catch (IOException e) {
            throw Failure.failed("the streamed answer did not begin", "see above");
        }
    }

    private static void ask(OutputStream out, DemoClient demoClient, byte[] body)
            throws IOException {
        String head =
                """
                POST /v1/chat/completions HTTP/1.1
                Host: %s:%d
                Authorization: Bearer %s
                Content-Type: application/json
                Content-Length: %d

                """
                        .formatted(
                                demoClient.server().getHost(),
                                demoClient.server().getPort(),
                                demoClient.key(),
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
            if (line.toLowerCase(Locale.ROOT).startsWith(DemoScript.CALL_ID + ":")) {
                id = line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return id;
    }
}
