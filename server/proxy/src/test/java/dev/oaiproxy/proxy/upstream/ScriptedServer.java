package dev.oaiproxy.proxy.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A raw server whose n-th connection is served by the n-th script; it does not parse HTTP. */
public final class ScriptedServer implements AutoCloseable {
    private static final String HUNG_UP = "the client hung up";

    /** The script of one connection. */
    public interface Script {
        void run(Peer peer) throws IOException;
    }

    /** The server's end of a connection. */
    public record Peer(Socket socket, BlockingQueue<String> requests) {
        /** Reads one request whose body has a Content-Length, and records it. */
        public void takeRequest() throws IOException {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) read(in));
            }
            String name = "Content-Length: ";
            int at = head.indexOf(name);
            int length = 0;
            if (at >= 0) {
                int end = head.indexOf("\r\n", at);
                length = Integer.parseInt(head, at + name.length(), end, 10);
            }
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new IOException(HUNG_UP);
            }
            requests.add(head + new String(body, StandardCharsets.ISO_8859_1));
        }

        private static int read(InputStream in) throws IOException {
            int next = in.read();
            if (next < 0) {
                throw new IOException(HUNG_UP);
            }
            return next;
        }

        public void say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Sends a text with one byte in each packet. */
        void dribble(String text) throws IOException {
            for (byte octet : text.getBytes(StandardCharsets.ISO_8859_1)) {
                socket.getOutputStream().write(octet);
            }
        }

        void answer(String body) throws IOException {
            say("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        }

        /** Waits until the client has closed or reset the connection. */
        public boolean seesTheEnd() {
            try {
                return socket.getInputStream().read() < 0;
            } catch (IOException reset) {
                return true;
            }
        }
    }

    private final ServerSocket listener;
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    public ScriptedServer(Script... scripts) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), scripts);
    }

    ScriptedServer(ServerSocket listener, Script... scripts) throws IOException {
        this.listener = listener;
        listener.setReceiveBufferSize(64 * 1024);
        Thread.ofVirtual().start(() -> serve(scripts));
    }

    private void serve(Script... scripts) {
        for (Script script : scripts) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> serve(socket, script));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket, Script script) {
        try (socket) {
            script.run(new Peer(socket, requests));
        } catch (IOException hungUp) {
            requests.add("failed: " + hungUp.getMessage());
        }
    }

    /** Waits for the next request or failure. */
    String next() throws InterruptedException {
        return requests.take();
    }

    public URI base(String scheme) {
        return URI.create(scheme + "://localhost:" + listener.getLocalPort() + "/v1");
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
