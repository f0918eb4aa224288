package dev.oaiproxy.cli.distribution;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sends requests as bytes, valid or not, and keeps all responses. */
final class RawHttpClient {
    private final URI server;
    private final List<String> answers = new ArrayList<>();

    RawHttpClient(URI server) {
        this.server = server;
    }

    List<String> answers() {
        return answers;
    }

    /** Sends a request without a body; these headers follow the Host header. */
    String get(String target, String... headers) throws IOException {
        return send("GET " + target + " HTTP/1.1", "", headers);
    }

    String post(String target, String body, String... headers) throws IOException {
        return send("POST " + target + " HTTP/1.1", body, headers);
    }

    String send(String line, String body, String... headers) throws IOException {
        StringBuilder text = new StringBuilder(line + "\r\nHost: localhost\r\n");
        text.append("Connection: close\r\nContent-Type: application/json\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        text.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
        return raw(text.toString());
    }

    String raw(String text) throws IOException {
        String answer = exchange(text);
        answers.add(answer);
        return answer;
    }

    private String exchange(String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            byte[] answer = socket.getInputStream().readAllBytes();
            return new String(answer, StandardCharsets.ISO_8859_1);
        }
    }
}
