package dev.oaiproxy.proxy.upstream;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import io.helidon.webclient.api.ClientConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the pool as WebClient sees it, for one exchange. It has time limits of its own.
 */
final class PooledClientConnection implements ClientConnection {
    private static final int PIECE_BYTES = 16 << 10;

    private final ConnectionPool pool;
    private final UpstreamConnection connection;
    private final DataReader reader = DataReader.create(this::next);
    private final DataWriter writer = new Writer();
    private final AtomicBoolean closed = new AtomicBoolean();
    private long allowance;

    /**
     * @param most the most bytes of the response's head
     */
    PooledClientConnection(ConnectionPool pool, UpstreamConnection connection, long most) {
        this.pool = pool;
        this.connection = connection;
        this.allowance = most;
    }

    /** Sets the most bytes that may come until the next call of this method. */
    void allow(long most) {
        allowance = most;
    }

    /** True when the whole request was written. */
    boolean isSent() {
        return connection.isSent();
    }

    /** Notes that the request did not reach OpenAI, though it was written. */
    void forgetRequest() {
        connection.forgetRequest();
    }

    private byte @Nullable [] next() {
        try {
            byte[] piece = new byte[PIECE_BYTES];
            int count = connection.source().read(piece, piece.length);
            allowance -= count;
            if (allowance < 0) {
                throw new ProtocolException("a head or a chunk is too large for the WebClient");
            }
            return count < 0 ? null : Arrays.copyOf(piece, count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public DataReader reader() {
        return reader;
    }

    @Override
    public DataWriter writer() {
        return writer;
    }

    @Override
    public String channelId() {
        return "openai";
    }

    @Override
    public HelidonSocket helidonSocket() {
        return PlainSocket.client(connection.transport(), channelId());
    }

    @Override
    public void readTimeout(Duration timeout) {
        // The connection has the read timeout of the settings.
    }

    @Override
    public void releaseResource() {
        closeResource();
    }

    @Override
    public void closeResource() {
        if (closed.compareAndSet(false, true)) {
            pool.drop(connection);
            pool.leave();
        }
    }

    /** Writes in pieces, so that a large body is not copied as a whole. */
    private final class Writer implements DataWriter {
        private final byte[] piece = new byte[PIECE_BYTES];

        @Override
        public void write(BufferData... buffers) {
            writeNow(buffers);
        }

        @Override
        public void write(BufferData buffer) {
            writeNow(buffer);
        }

        @Override
        public void writeNow(BufferData... buffers) {
            for (BufferData buffer : buffers) {
                writeNow(buffer);
            }
        }

        @Override
        public void writeNow(BufferData buffer) {
            try {
                while (buffer.available() > 0) {
                    int count = buffer.read(piece, 0, piece.length);
                    connection.send(piece, count);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void flush() {
            try {
                connection.sentAll();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
