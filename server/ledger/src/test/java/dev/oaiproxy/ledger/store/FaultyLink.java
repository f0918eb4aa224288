package dev.oaiproxy.ledger.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The way to a server, which can be slow, silent or cut; its own address stays the same. */
public final class FaultyLink implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ServerSocket end;
    private final String host;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean silent;
    private volatile boolean refusing;
    private volatile long delayNanos;

    private FaultyLink(String server) throws IOException {
        int colon = server.lastIndexOf(':');
        host = server.substring(0, colon);
        port = Integer.parseInt(server.substring(colon + 1));
        end = new ServerSocket(0, 300, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    /** Starts a link to a server. */
    public static FaultyLink to(String server) throws IOException {
        return new FaultyLink(server);
    }

    /** The host and port of the link. */
    public String host() {
        return "127.0.0.1:" + end.getLocalPort();
    }

    /** Passes no bytes on, or does so again; connections stay open. */
    public void silence(boolean whether) {
        silent = whether;
    }

    /** Delays each answer. */
    void delay(long millis) {
        delayNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Ends all connections, and refuses new ones until it is mended. */
    public void cut() {
        refusing = true;
        sockets.forEach(FaultyLink::quietly);
    }

    public void mend() {
        refusing = false;
    }

    private void serve() {
        while (!end.isClosed()) {
            try {
                connect(end.accept());
            } catch (IOException e) {
                // The server is away, or the test is over.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void connect(Socket client) throws IOException {
        sockets.add(client);
        if (refusing) {
            quietly(client);
            return;
        }
        try {
            Socket server = new Socket(host, port);
            sockets.add(server);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> pass(client, server, false));
            Thread.ofVirtual().start(() -> pass(server, client, true));
        } catch (IOException e) {
            quietly(client);
            throw e;
        }
    }

    private void pass(Socket from, Socket to, boolean answers) {
        byte[] bytes = new byte[65536];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                hold(answers);
                out.write(bytes, 0, count);
            }
        } catch (IOException e) {
            // One end was closed; closing both ends follows.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void hold(boolean answer) {
        long until = System.nanoTime() + (answer ? delayNanos : 0);
        while ((silent || System.nanoTime() < until) && !end.isClosed()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        end.close();
        sockets.forEach(FaultyLink::quietly);
    }
}
