package dev.oaiproxy.proxy.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Writes one response to an HTTP/1.0 client, which does not understand chunks: a body of unknown
 * length ends with the connection; RFC 9112, section 6.3.
 *
 * <p>It reads the chunks that Helidon writes, which have neither extensions nor trailers.
 */
final class CloseDelimitedWriter implements DataWriter {
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(ISO_8859_1);
    private static final String CHUNKED = "transfer-encoding: chunked";

    private final DataWriter plain;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private WriterState state = WriterState.HEAD;

    /** Bytes still to come of the current chunk and of the line end after it. */
    private int missing;

    private enum WriterState {
        HEAD,
        /** A body that passes unchanged. */
        PLAIN,
        CHUNK_SIZE,
        CHUNK,
        END
    }

    CloseDelimitedWriter(DataWriter plain) {
        this.plain = plain;
    }

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
        writeNow(BufferData.create(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
        byte[] bytes = buffer.readBytes();
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int at = 0; at < bytes.length; ) {
            at += take(bytes, at, out);
        }
        if (out.size() > 0) {
            plain.writeNow(BufferData.create(out.toByteArray()));
        }
    }

    @Override
    public void flush() {
        plain.flush();
    }

    /** Takes at least one byte, and returns the number of bytes taken. */
    private int take(byte[] bytes, int at, ByteArrayOutputStream out) {
        return switch (state) {
            case HEAD -> {
                line.write(bytes[at]);
                if (bytes[at] == '\n' && endsHead()) {
                    out.writeBytes(head());
                }
                yield 1;
            }
            case PLAIN -> {
                out.write(bytes, at, bytes.length - at);
                yield bytes.length - at;
            }
            case CHUNK_SIZE -> {
                line.write(bytes[at]);
                if (bytes[at] == '\n') {
                    beginChunk();
                }
                yield 1;
            }
            case CHUNK -> chunk(bytes, at, out);
            case END -> bytes.length - at;
        };
    }

    private boolean endsHead() {
        byte[] head = line.toByteArray();
        int from = head.length - HEAD_END.length;
        return from >= 0 && Arrays.equals(head, from, head.length, HEAD_END, 0, HEAD_END.length);
    }

    private byte[] head() {
        String head = line.toString(ISO_8859_1);
        line.reset();
        String kept =
                head.lines()
                        .filter(header -> !header.toLowerCase(Locale.ROOT).equals(CHUNKED))
                        .map(header -> header + "\r\n")
                        .collect(Collectors.joining());
        state = kept.length() == head.length() ? WriterState.PLAIN : WriterState.CHUNK_SIZE;
        return kept.getBytes(ISO_8859_1);
    }

    private void beginChunk() {
        int size = Integer.parseInt(line.toString(ISO_8859_1).strip(), 16);
        line.reset();
        missing = size + 2;
        state = size == 0 ? WriterState.END : WriterState.CHUNK;
    }

    private int chunk(byte[] bytes, int at, ByteArrayOutputStream out) {
        int count = Math.min(missing, bytes.length - at);
        int content = Math.min(count, Math.max(0, missing - 2));
        out.write(bytes, at, content);
        missing -= count;
        if (missing == 0) {
            state = WriterState.CHUNK_SIZE;
        }
        return count;
    }
}
