package dev.oaiproxy.e2e.race;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;

/**
 * A client that makes one call on its own connection, and may disconnect early.
 *
 * @param clientRequest its request
 * @param patience the number of bytes of the response after which it disconnects; 0 for at once
 */
record OneCallClient(ClientRequest clientRequest, int patience) {
    private static final int STAYS = Integer.MAX_VALUE;
    private static final int LEAVES_BEFORE_THE_ANSWER = 0;

    /** A third of the clients disconnect early, half of them before the first byte. */
    static OneCallClient random(Random random) {
        return new OneCallClient(ClientRequest.random(random), patience(random));
    }

    /** The same with plain chats only. */
    static OneCallClient plain(Random random) {
        return new OneCallClient(ClientRequest.plain(random), patience(random));
    }

    private static int patience(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> LEAVES_BEFORE_THE_ANSWER;
            case 1 -> random.nextInt(1, 3000);
            default -> STAYS;
        };
    }

    /**
     * The part of a response that a client received, from its head on.
     *
     * @param complete true if it is complete
     */
    record PartialResponse(String text, boolean complete) {
        Optional<String> whole() {
            return complete ? Optional.of(text) : Optional.empty();
        }
    }

    PartialResponse call(URI server, String key) throws IOException {
        byte[] bytes = clientRequest.body().getBytes(StandardCharsets.UTF_8);
        String head =
                """
                POST /v1%s HTTP/1.1\r
                Host: proxy\r
                Connection: close\r
                Authorization: Bearer %s\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                """
                        .formatted(clientRequest.path(), key, bytes.length);
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.UTF_8));
            out.write(bytes);
            out.flush();
            return read(socket.getInputStream());
        }
    }

    private PartialResponse read(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[512];
        while (all.size() < patience) {
            int count = in.read(buffer);
            if (count < 0) {
                return new PartialResponse(all.toString(StandardCharsets.UTF_8), true);
            }
            all.write(buffer, 0, count);
        }
        return new PartialResponse(all.toString(StandardCharsets.UTF_8), false);
    }
}
