package dev.oaiproxy.proxy.connection;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.webserver.ConnectionContext;

/** A connection as Helidon's protocols see it, with its bytes passing through the guard. */
final class GuardedConnectionContext implements ForwardingConnectionContext {
    private final ConnectionContext plain;
    private final DataReader reader;
    private final DataWriter writer;

    GuardedConnectionContext(ConnectionContext plain, ClientConnection connection) {
        this.plain = plain;
        this.reader = DataReader.create(connection::next);
        this.writer =
                new TimedWriter(
                        plain.dataWriter(),
                        new CloseDelimitedWriter(plain.dataWriter()),
                        connection);
    }

    /**
     * Writes within the time that a client may take to read, in the framing of its HTTP version.
     */
    private record TimedWriter(DataWriter framed, DataWriter toTheEnd, ClientConnection connection)
            implements DataWriter {
        private static final int CONTINUE_BYTES = "HTTP/1.1 100 Continue\r\n\r\n".length();
        private static final int STATUS_AT = "HTTP/1.1 ".length();

        @Override
        public void write(BufferData... buffers) {
            connection.write(() -> to().write(buffers));
        }

        @Override
        public void write(BufferData buffer) {
            connection.write(() -> to().write(buffer));
        }

        @Override
        public void writeNow(BufferData... buffers) {
            connection.write(() -> to().writeNow(buffers));
        }

        @Override
        public void writeNow(BufferData buffer) {
            if (isInterim(buffer)) {
                connection.interim(() -> to().writeNow(buffer));
            } else {
                connection.write(() -> to().writeNow(buffer));
            }
        }

        private DataWriter to() {
            return connection.isHttp10() ? toTheEnd : framed;
        }

        /** True for {@code HTTP/1.1 100 Continue} and nothing else. */
        private static boolean isInterim(BufferData buffer) {
            return buffer.available() == CONTINUE_BYTES && buffer.get(STATUS_AT) == '1';
        }

        @Override
        public void flush() {
            connection.write(to()::flush);
        }
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public DataWriter dataWriter() {
        return writer;
    }

    @Override
    public ConnectionContext plain() {
        return plain;
    }
}
