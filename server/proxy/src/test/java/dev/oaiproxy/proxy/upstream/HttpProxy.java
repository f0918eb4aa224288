package dev.oaiproxy.proxy.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An HTTP proxy for tunnels and absolute URLs, with an optional login. */
public final class HttpProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final @Nullable String login;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile int refusal;

    /**
     * @param login user and password separated by a colon, or null for no login
     */
    public HttpProxy(@Nullable String login) {
        this.login = login;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The proxy's URL with this login; without one if it is empty. */
    public String url(String given) {
        return "http://" + (given.isEmpty() ? "" : given + "@") + "127.0.0.1:" + port();
    }

    /** The request lines of all received requests. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Answers every request with this status from now on. */
    public void refuseWith(int status) {
        refusal = status;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            String line = head.substring(0, head.indexOf("\r\n"));
            requests.add(line);
            int status = status(head);
            if (status != 0) {
                say(client, status);
                return;
            }
            String[] words = line.split(" ", 3);
            if (words[0].equals("CONNECT")) {
                tunnel(client, words[1]);
            } else {
                forward(client, head, URI.create(words[1]));
            }
        } catch (IOException gone) {
            requests.add("broken");
        }
    }

    private int status(String head) {
        if (refusal != 0) {
            return refusal;
        }
        if (login == null) {
            return 0;
        }
        String wanted = Base64.getEncoder().encodeToString(login.getBytes(ISO_8859_1));
        return head.toLowerCase(Locale.ROOT).contains("proxy-authorization: basic ")
                        && head.contains(wanted)
                ? 0
                : 407;
    }

    private static void say(Socket client, int status) throws IOException {
        String more = status == 407 ? "Proxy-Authenticate: Basic realm=\"x\"\r\n" : "";
        client.getOutputStream()
                .write(
                        ("HTTP/1.1 " + status + " No\r\n" + more + "Content-Length: 0\r\n\r\n")
                                .getBytes(ISO_8859_1));
        client.shutdownOutput();
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    private static void tunnel(Socket client, String target) throws IOException {
        int colon = target.lastIndexOf(':');
        try (Socket there =
                new Socket(
                        target.substring(0, colon),
                        Integer.parseInt(target.substring(colon + 1)))) {
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
            join(client, there);
        }
    }

    /** Removes the host from the request line; the proxy gets one request at a time. */
    private static void forward(Socket client, String head, URI target) throws IOException {
        try (Socket there = new Socket(target.getHost(), target.getPort())) {
            String path = head.replace("http://" + target.getRawAuthority(), "");
            String plain =
                    path.replaceAll("(?i)proxy-authorization: [^\r]*\r\n", "")
                            .replaceFirst("\r\n", "\r\nConnection: close\r\n");
            there.getOutputStream().write(plain.getBytes(ISO_8859_1));
            join(client, there);
        }
    }

    private static void join(Socket client, Socket there) throws IOException {
        Thread back = Thread.ofVirtual().start(() -> copy(there, client));
        copy(client, there);
        try {
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client hung up");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
