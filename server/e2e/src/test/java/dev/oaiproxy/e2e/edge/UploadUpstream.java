package dev.oaiproxy.e2e.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/** A stand-in for OpenAI that accepts uploads of any size, discards them, and follows a script. */
final class UploadUpstream implements AutoCloseable {
    static final String FILE = "{\"id\":\"file-0123456789abcdef\",\"object\":\"file\"}";

    /** The behaviour on one connection. */
    interface Script {
        void run(Upload upload) throws IOException;
    }

    private final ServerSocket listener;
    private final AtomicLong bytes = new AtomicLong();
    private final CRC32 sum = new CRC32();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private volatile Script script = Upload::take;
    private volatile Runnable watch = () -> {};

    UploadUpstream() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Runs this script on every new connection. */
    void does(Script next) {
        script = next;
    }

    /** Runs an action for each received piece. */
    void watch(Runnable question) {
        watch = question;
    }

    String baseUrl() {
        return "http://127.0.0.1:" + listener.getLocalPort() + "/v1";
    }

    /** The number of received bytes of bodies. */
    long bytes() {
        return bytes.get();
    }

    /** The checksum of those bytes, if they came on one connection. */
    long sum() {
        synchronized (sum) {
            return sum.getValue();
        }
    }

    /** Waits for the end of the next connection: complete, or the reason why not. */
    String end() throws InterruptedException {
        return ends.take();
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

    private void serve(Socket socket) {
        try (socket) {
            script.run(new Upload(socket));
            ends.add("whole");
        } catch (IOException broken) {
            ends.add("broken");
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One request in progress. */
    final class Upload {
        private final Socket socket;
        private final InputStream in;
        private final String head;
        private final byte[] buffer = new byte[64 << 10];

        private Upload(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            StringBuilder read = new StringBuilder();
            while (read.indexOf("\r\n\r\n") < 0) {
                read.append((char) must());
            }
            this.head = read.toString();
        }

        private int must() throws IOException {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client hung up");
            }
            return next;
        }

        /** Reads the whole body, and responds with a file object. */
        void take() throws IOException {
            if (head.contains("Transfer-Encoding: chunked")) {
                for (long size = chunk(); size > 0; size = chunk()) {
                    take(size);
                    line();
                }
                line();
            } else {
                String name = "Content-Length: ";
                int at = head.indexOf(name) + name.length();
                take(Long.parseLong(head, at, head.indexOf("\r\n", at), 10));
            }
            say("HTTP/1.1 200 OK\r\nContent-Length: " + FILE.length() + "\r\n\r\n" + FILE);
        }

        private long chunk() throws IOException {
            return Long.parseLong(line(), 16);
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = must(); next != '\r'; next = must()) {
                line.append((char) next);
            }
            must();
            return line.toString();
        }

        /** Reads this many bytes of the body. */
        void take(long count) throws IOException {
            for (long left = count; left > 0; ) {
                int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (n < 0) {
                    throw new IOException("the client hung up");
                }
                left -= n;
                bytes.addAndGet(n);
                synchronized (sum) {
                    sum.update(buffer, 0, n);
                }
                watch.run();
            }
        }

        void say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        }

        /** Closes the connection at once. */
        void breakOff() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
