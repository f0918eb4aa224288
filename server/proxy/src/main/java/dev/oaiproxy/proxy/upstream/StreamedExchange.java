package dev.oaiproxy.proxy.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.oaiproxy.base.alarm.FatalErrors;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request whose body is not held in memory, and listens for the answer meanwhile: OpenAI
 * may refuse a body (413, 401) before all of it has come, and then reads no more of it.
 */
final class StreamedExchange {
    /** A piece of the body with the line that says how long it is. */
    static final int BUFFER_BYTES = 32 << 10;

    private static final int FIRST_INTERIM_END = 200;
    private static final int FIRST_UNFIT = 300;
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);

    private final Connection connection;
    private final RequestStream body;
    private final CompletableFuture<Head> answer = new CompletableFuture<>();
    private volatile boolean sending = true;
    private volatile boolean refused;

    StreamedExchange(Connection connection, RequestStream body) {
        this.connection = connection;
        this.body = body;
    }

    /** Sends all of the request, unless OpenAI refuses it on the way, and gives the answer. */
    Head run(byte[] head) throws IOException {
        Thread.ofVirtual().name("upload-listener").start(this::listen);
        try {
            connection.send(head, head.length);
            sendBody();
            connection.sentAll();
        } catch (UploadBrokenException broken) {
            throw broken;
        } catch (IOException broken) {
            // The answer says why, if there is one.
            return answered(broken);
        } finally {
            sending = false;
        }
        return answered(null);
    }

    private void sendBody() throws IOException {
        boolean chunked = body.length() < 0;
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = read(buffer); n >= 0 && !refused; n = read(buffer)) {
            if (chunked && n > 0) {
                byte[] size = (Integer.toHexString(n) + "\r\n").getBytes(ISO_8859_1);
                connection.send(size, size.length);
            }
            connection.send(buffer, n);
            if (chunked && n > 0) {
                connection.send(LINE_END, LINE_END.length);
            }
        }
        if (refused) {
            throw new EOFException("OpenAI takes no more of the body");
        }
        if (chunked) {
            connection.send(LAST_CHUNK, LAST_CHUNK.length);
        }
    }

    private int read(byte[] buffer) throws UploadBrokenException {
        try {
            return body.read(buffer);
        } catch (IOException | RuntimeException broken) {
            throw new UploadBrokenException(broken);
        }
    }

    private Head answered(@Nullable IOException broken) throws IOException {
        try {
            return answer.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for an answer", interrupted);
        } catch (ExecutionException failed) {
            if (broken != null) {
                throw broken;
            }
            throw failed.getCause() instanceof IOException cause
                    ? cause
                    : new IOException(failed.getCause());
        }
    }

    private void listen() {
        try {
            connection.source().startLines();
            Head head = next();
            while (head.status() < FIRST_INTERIM_END) {
                head = next();
            }
            refused = head.status() >= FIRST_UNFIT;
            if (refused && sending) {
                connection.stopSending();
            }
            answer.complete(head);
        } catch (IOException | RuntimeException failed) {
            answer.completeExceptionally(failed);
            if (sending) {
                connection.abort();
            }
        } catch (Error e) {
            FatalErrors.report(e);
            answer.completeExceptionally(e);
        }
    }

    /** The silence of OpenAI counts from when it has the whole request. */
    private Head next() throws IOException {
        while (true) {
            boolean before = sending;
            try {
                if (!connection.source().await()) {
                    throw new EOFException("the connection ended without an answer");
                }
                return Head.next(connection.source());
            } catch (SocketTimeoutException silent) {
                if (!before) {
                    throw silent;
                }
            }
        }
    }
}
