package dev.oaiproxy.proxy.upstream;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** One connection to OpenAI, used for one exchange at a time. */
final class UpstreamConnection {
    /** The largest body that leaves with its head in one write, and so mostly in one packet. */
    private static final int SMALL_BODY_BYTES = 16 * 1024;

    private static final int PEEK_MILLIS = 1;

    private final Socket transport;
    private final Socket socket;
    private final OutputStream out;
    private final ByteSource source;
    private final int readTimeoutMillis;
    private boolean sent;
    private boolean answered;
    private volatile boolean stuck;
    private volatile long writingSinceNanos;
    private volatile long readingSinceNanos;
    private volatile boolean limited;
    private volatile long idleSinceNanos;

    /**
     * @param transport the TCP connection
     * @param socket the same, or TLS over it
     */
    UpstreamConnection(Socket transport, Socket socket, int readTimeoutMillis) throws IOException {
        this.transport = transport;
        this.socket = socket;
        this.readTimeoutMillis = readTimeoutMillis;
        this.out = socket.getOutputStream();
        this.source = new ByteSource(new WatchedInput(socket.getInputStream()));
        socket.setSoTimeout(0);
    }

    /**
     * Notes the start of each read for {@link #breakAfter}. A time limit of the socket's own would
     * cost each read of a virtual thread two visits to the thread of the timers.
     */
    private final class WatchedInput extends FilterInputStream {
        WatchedInput(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int from, int most) throws IOException {
            readingSinceNanos = System.nanoTime() | 1;
            try {
                return in.read(bytes, from, most);
            } catch (IOException broken) {
                throw stuck ? timeout("OpenAI is silent", broken) : broken;
            } finally {
                readingSinceNanos = 0;
            }
        }
    }

    /**
     * Has the socket itself limit the time of each read, after which the connection can still be
     * read. The limit ends with the exchange.
     */
    void limitReads() throws IOException {
        socket.setSoTimeout(readTimeoutMillis);
        limited = true;
    }

    Socket transport() {
        return transport;
    }

    ByteSource source() {
        return source;
    }

    boolean isSent() {
        return sent;
    }

    /** True when a byte of the response to the last request has come. */
    boolean isAnswered() {
        return answered;
    }

    /**
     * True when the connection was closed before any response. A server that closes an idle
     * connection while a request is on its way looks like this; silence and stuck writes do not.
     */
    boolean isDeadUnanswered(IOException broken) {
        return !answered && !(broken instanceof SocketTimeoutException);
    }

    /** Writes a part of a request, within the time that OpenAI may take to accept it. */
    void send(byte[] bytes, int count) throws IOException {
        writingSinceNanos = System.nanoTime() | 1;
        try {
            out.write(bytes, 0, count);
        } catch (IOException broken) {
            throw stuck ? timeout("OpenAI accepts no more bytes", broken) : broken;
        } finally {
            writingSinceNanos = 0;
        }
    }

    /** Notes that the last part of a request has been written. */
    void sentAll() throws IOException {
        out.flush();
        sent = true;
    }

    /** Notes that the last request did not reach OpenAI, though it was sent. */
    void forgetRequest() {
        sent = false;
        answered = false;
    }

    /** Ends writing, even while another thread writes, and leaves the response to be read. */
    void stopSending() throws IOException {
        transport.shutdownOutput();
    }

    /** Writes a request and waits for the first byte of the response. */
    void exchange(byte[] head, byte[] body) throws IOException {
        sent = false;
        answered = false;
        if (limited) {
            limited = false;
            socket.setSoTimeout(0);
        }
        try {
            write(head, body);
            sent = true;
        } catch (IOException broken) {
            // OpenAI may refuse a request (413, 401) and hang up before all of it is written.
            answered = isAnsweredEarly();
            if (!answered) {
                throw broken;
            }
        }
        answered = source.await();
        if (!answered) {
            throw new EOFException("the connection ended without a response");
        }
    }

    private boolean isAnsweredEarly() {
        try {
            return source.await();
        } catch (IOException nothingThere) {
            return false;
        }
    }

    private void write(byte[] head, byte[] body) throws IOException {
        writingSinceNanos = System.nanoTime() | 1;
        try {
            if (body.length <= SMALL_BODY_BYTES) {
                byte[] both = new byte[head.length + body.length];
                System.arraycopy(head, 0, both, 0, head.length);
                System.arraycopy(body, 0, both, head.length, body.length);
                out.write(both);
            } else {
                out.write(head);
                out.write(body);
            }
            out.flush();
        } catch (IOException broken) {
            throw stuck ? timeout("OpenAI accepts no more bytes", broken) : broken;
        } finally {
            writingSinceNanos = 0;
        }
    }

    private static SocketTimeoutException timeout(String message, IOException broken) {
        SocketTimeoutException timeout = new SocketTimeoutException(message);
        timeout.initCause(broken);
        return timeout;
    }

    /** Breaks a write or a read that takes longer than this. */
    void breakAfter(long mostNanos, long nowNanos) {
        if (isLonger(writingSinceNanos, mostNanos, nowNanos)
                || (!limited && isLonger(readingSinceNanos, mostNanos, nowNanos))) {
            stuck = true;
            abort();
        }
    }

    private static boolean isLonger(long sinceNanos, long mostNanos, long nowNanos) {
        return sinceNanos != 0 && nowNanos - sinceNanos > mostNanos;
    }

    void startIdling() {
        idleSinceNanos = System.nanoTime();
    }

    long idleNanos(long nowNanos) {
        return nowNanos - idleSinceNanos;
    }

    /** True when OpenAI has neither closed an idle connection nor sent anything on it. */
    boolean isQuiet() {
        try {
            socket.setSoTimeout(PEEK_MILLIS);
            source.await();
            return false;
        } catch (SocketTimeoutException quiet) {
            return restoreTimeout();
        } catch (IOException dead) {
            return false;
        }
    }

    private boolean restoreTimeout() {
        try {
            socket.setSoTimeout(limited ? readTimeoutMillis : 0);
            return true;
        } catch (IOException dead) {
            return false;
        }
    }

    /**
     * Breaks the connection at once, even while another thread reads or writes. TLS would wait for
     * its locks to send its close message, so the transport below it is closed with a reset, which
     * OpenAI notices without having to write first.
     */
    void abort() {
        try (transport) {
            transport.setSoLinger(true, 0);
        } catch (IOException alreadyGone) {
            // Nothing is left to close.
        }
    }
}
