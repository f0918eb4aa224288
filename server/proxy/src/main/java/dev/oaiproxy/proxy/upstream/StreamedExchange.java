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
 * Sends a request whose body is not held in memory, and listens for the response meanwhile: OpenAI
 * may refuse a body (413, 401) before all of it has come, and then reads no more of it.
 */
final class StreamedExchange {
    /** The largest piece of the body in one chunk. */
    static final int BUFFER_BYTES = 32 << 10;

    private static final int FIRST_INTERIM_END = 200;
    private static final int FIRST_UNFIT = 300;
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);

    private final UpstreamConnection upstreamConnection;
    private final StreamedBody body;
    private final CompletableFuture<ResponseHead> answer = new CompletableFuture<>();
    private volatile boolean sending = true;
    private volatile boolean refused;

    StreamedExchange(UpstreamConnection upstreamConnection, StreamedBody body) {
        this.upstreamConnection = upstreamConnection;
        this.body = body;
    }

    /**
     * Sends the whole request, unless OpenAI refuses it before its end, and returns the head of the
     * response.
     */
    ResponseHead run(byte[] head) throws IOException {
        upstreamConnection.limitReads();
        Thread.ofVirtual().name("upload-listener").start(this::listen);
        try {
            upstreamConnection.send(head, head.length);
            sendBody();
            upstreamConnection.sentAll();
        } catch (UploadBrokenException broken) {
            throw broken;
        } catch (IOException broken) {
            // The response states the reason, if there is one.
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
                upstreamConnection.send(size, size.length);
            }
            upstreamConnection.send(buffer, n);
            if (chunked && n > 0) {
                upstreamConnection.send(LINE_END, LINE_END.length);
            }
        }
        if (refused) {
            throw new EOFException("OpenAI stopped reading the body");
        }
        if (chunked) {
            upstreamConnection.send(LAST_CHUNK, LAST_CHUNK.length);
        }
    }

    private int read(byte[] buffer) throws UploadBrokenException {
        try {
            return body.read(buffer);
        } catch (IOException | RuntimeException broken) {
            throw new UploadBrokenException(broken);
        }
    }

    private ResponseHead answered(@Nullable IOException broken) throws IOException {
        try {
            return answer.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a response", interrupted);
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
            upstreamConnection.source().startLines();
            ResponseHead responseHead = next();
            while (responseHead.status() < FIRST_INTERIM_END) {
                responseHead = next();
            }
            refused = responseHead.status() >= FIRST_UNFIT;
            if (refused && sending) {
                upstreamConnection.stopSending();
            }
            answer.complete(responseHead);
        } catch (IOException | RuntimeException failed) {
            answer.completeExceptionally(failed);
            if (sending) {
                upstreamConnection.abort();
            }
        } catch (Error e) {
            FatalErrors.report(e);
            answer.completeExceptionally(e);
        }
    }

    /**
     * Reads the next head. The time limit for OpenAI's silence begins at the end of the request.
     */
    private ResponseHead next() throws IOException {
        while (true) {
            boolean before = sending;
            try {
                if (!upstreamConnection.source().await()) {
                    throw new EOFException("the connection ended without a response");
                }
                return ResponseHead.next(upstreamConnection.source());
            } catch (SocketTimeoutException silent) {
                if (!before) {
                    throw silent;
                }
            }
        }
    }
}
