package dev.oaiproxy.app.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A server with scripted responses, which records the requests. */
public final class ImpostorServer implements AutoCloseable {
    private final ServerSocket socket;
    private final Function<String, String> answers;
    private final List<String> heads = new CopyOnWriteArrayList<>();

    private ImpostorServer(Function<String, String> answers) throws IOException {
        this.socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        this.answers = answers;
    }

    /**
     * Starts a server.
     *
     * @param answers maps the head of a request to the text after {@code HTTP/1.1}; a text that
     *     ends with an ellipsis is sent endlessly
     */
    public static ImpostorServer saying(Function<String, String> answers) throws IOException {
        ImpostorServer impostorServer = new ImpostorServer(answers);
        Thread.ofVirtual().start(impostorServer::run);
        return impostorServer;
    }

    /** The response of a real server to a request without a login. */
    static String asOneOfUs(String head) {
        return head.startsWith("GET /health/")
                ? "204 No Content\r\nConnection: close\r\n\r\n"
                : "401 Unauthorized\r\nConnection: close\r\n\r\n{\"title\": \"Not authorised\"}";
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** The heads of all requests. */
    List<String> heads() {
        return heads;
    }

    private void run() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                serve(client);
            } catch (IOException ended) {
                // A client with more patience may come next.
            }
        }
    }

    private void serve(Socket client) throws IOException {
        BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            head.append(line).append('\n');
        }
        heads.add(head.toString());
        String answer = "HTTP/1.1 " + answers.apply(head.toString());
        OutputStream out = client.getOutputStream();
        do {
            out.write(answer.getBytes(StandardCharsets.UTF_8));
        } while (answer.endsWith("…"));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
