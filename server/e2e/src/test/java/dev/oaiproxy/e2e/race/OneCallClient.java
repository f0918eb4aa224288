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
 * A client that makes one call on a connection of its own, and may hang up on it.
 *
 * @param clientRequest what it asks
 * @param patience after how many bytes of the answer it hangs up; 0 for at once
 */
record OneCallClient(ClientRequest clientRequest, int patience) {
    private static final int STAYS = Integer.MAX_VALUE;
    private static final int LEAVES_BEFORE_THE_ANSWER = 0;

    /** One of three hangs up, half of those before the first byte. */
    static OneCallClient random(Random random) {
        return new OneCallClient(ClientRequest.random(random), patience(random));
    }

    /** The same, who asks for nothing but a chat. */
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
     * What a visitor has seen of an answer, its head first.
     *
     * @param stayed whether that is all of it
     */
    record Seen(String text, boolean stayed) {
        Optional<String> whole() {
            return stayed ? Optional.of(text) : Optional.empty();
        }
    }

    Seen call(URI server, String key) throws IOException {
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

    private Seen read(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[512];
        while (all.size() < patience) {
            int count = in.read(buffer);
            if (count < 0) {
                return new Seen(all.toString(StandardCharsets.UTF_8), true);
            }
            all.write(buffer, 0, count);
        }
        return new Seen(all.toString(StandardCharsets.UTF_8), false);
    }
}
