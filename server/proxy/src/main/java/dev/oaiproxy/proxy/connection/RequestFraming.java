package dev.oaiproxy.proxy.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Passes on only sound requests from the bytes of a connection, piece by piece: heads within
 * bounds, bodies of the announced length, chunks without extensions and trailers. So the reader
 * behind it never searches for an end that does not come, and never takes a body for a request.
 *
 * <p>It keeps at most one head, of up to {@link #MOST_HEAD_BYTES}, and the bytes of one read of the
 * socket.
 */
final class RequestFraming {
    static final int MOST_HEAD_BYTES = 32 << 10;
    static final int MOST_REQUEST_LINE_BYTES = 4 << 10;
    static final int MOST_HEADERS = 128;
    static final int MOST_CHUNK_LINE_BYTES = 1 << 10;
    static final int MOST_TRAILER_BYTES = 8 << 10;

    private static final byte[] NONE = {};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);
    private static final int MOST_EMPTY_LINES = 4;
    private static final int FIRST_HEAD_BYTES = 1 << 10;

    /** The most hexadecimal digits whose value surely fits into an int. */
    private static final int MOST_CHUNK_DIGITS = 7;

    /** The input that a connection waits for. */
    enum Awaiting {
        /** The first byte of a request. */
        REQUEST,
        HEAD,
        BODY,
        /** Any bytes of another protocol. */
        BYTES
    }

    /** The source of the bytes. */
    interface FramingInput {
        /** Reads at least one byte; null at the end. */
        byte @Nullable [] read();

        /** Called before bytes of another kind are awaited. */
        void await(Awaiting what);

        /** Called with each complete head, before it is passed on. */
        void began(RequestHead head);

        /**
         * Called with the bytes of a malformed head, before it is refused.
         *
         * @param bytes begins with the request line, and may end anywhere
         */
        default void refused(byte[] bytes) {}
    }

    private final FramingInput input;
    private FramingState state = FramingState.HEAD;
    private byte[] raw = NONE;
    private int at;

    /** True when the current request is HTTP/1.0, so that no other may follow it. */
    private boolean last;

    /** Bytes of the body or the current chunk that have not come. */
    private long missing;

    private enum FramingState {
        HEAD,
        SIZED_BODY,
        CHUNK_SIZE,
        CHUNK,
        FAILED,
        OTHER_PROTOCOL
    }

    RequestFraming(FramingInput input) {
        this.input = input;
    }

    /**
     * The next piece, or null at the end of the last request.
     *
     * @throws FramingException when the bytes are not a request; nothing can be read after that
     */
    byte @Nullable [] next() {
        try {
            return switch (state) {
                case HEAD -> head();
                case SIZED_BODY -> sized();
                case CHUNK_SIZE -> chunkSize();
                case CHUNK -> chunk();
                case OTHER_PROTOCOL -> others();
                case FAILED -> throw new FramingException(FramingFault.BROKEN_OFF);
            };
        } catch (FramingException e) {
            state = FramingState.FAILED;
            throw e;
        }
    }

    /** True when a part of the current request's body has not been passed on. */
    boolean hasUnreadBody() {
        return switch (state) {
            case SIZED_BODY, CHUNK_SIZE, CHUNK -> true;
            case HEAD, OTHER_PROTOCOL, FAILED -> false;
        };
    }

    boolean hasFailed() {
        return state == FramingState.FAILED;
    }

    /** Passes everything on unchanged from now on. */
    void switchProtocol() {
        state = FramingState.OTHER_PROTOCOL;
        input.await(Awaiting.BYTES);
    }

    private byte @Nullable [] head() {
        if (last) {
            return null;
        }
        input.await(Awaiting.REQUEST);
        HeadBuffer head = new HeadBuffer();
        try {
            return head(head);
        } catch (FramingException e) {
            input.refused(head.bytes());
            throw e;
        }
    }

    private byte @Nullable [] head(HeadBuffer head) {
        while (fill()) {
            if (head.take(this)) {
                byte[] bytes = head.bytes();
                RequestHead parsed = RequestHead.parse(bytes, bytes.length);
                byte[] plain = plain(bytes, parsed);
                begin(parsed);
                return plain;
            }
            if (!head.isEmpty()) {
                input.await(Awaiting.HEAD);
            }
        }
        if (head.isEmpty()) {
            return null;
        }
        throw new FramingException(FramingFault.BROKEN_OFF);
    }

    private static byte[] plain(byte[] bytes, RequestHead head) {
        return switch (head.form()) {
            case USUAL -> bytes;
            case ABSOLUTE, HTTP_1_0 -> OriginForm.of(bytes, head.form());
        };
    }

    private void begin(RequestHead head) {
        last = head.form() == RequestHead.Form.HTTP_1_0;
        missing = head.bodyBytes();
        if (missing == RequestHead.CHUNKED) {
            state = FramingState.CHUNK_SIZE;
        } else if (missing > 0) {
            state = FramingState.SIZED_BODY;
        }
        input.began(head);
    }

    private byte[] sized() {
        byte[] piece = piece();
        if (missing == 0) {
            state = FramingState.HEAD;
        }
        return piece;
    }

    /** The next bytes of the body or the current chunk, as many as have come. */
    private byte[] piece() {
        need();
        int count = (int) Math.min(missing, raw.length - at);
        byte[] piece =
                at == 0 && count == raw.length ? raw : Arrays.copyOfRange(raw, at, at + count);
        at += count;
        missing -= count;
        return piece;
    }

    private byte[] chunkSize() {
        missing = size(line(MOST_CHUNK_LINE_BYTES, FramingFault.CHUNK));
        if (missing > 0) {
            state = FramingState.CHUNK;
            return chunk();
        }
        skipTrailers();
        state = FramingState.HEAD;
        return LAST_CHUNK;
    }

    private byte[] chunk() {
        byte[] piece = piece();
        if (missing == 0) {
            if (need() != '\r' || skip() != '\n') {
                throw new FramingException(FramingFault.CHUNK);
            }
            at++;
            state = FramingState.CHUNK_SIZE;
        }
        byte[] size = (Integer.toHexString(piece.length) + "\r\n").getBytes(ISO_8859_1);
        byte[] all = Arrays.copyOf(size, size.length + piece.length + 2);
        System.arraycopy(piece, 0, all, size.length, piece.length);
        all[all.length - 2] = '\r';
        all[all.length - 1] = '\n';
        return all;
    }

    /** Skips the current byte, and returns the next. */
    private byte skip() {
        at++;
        return need();
    }

    /** The size at the beginning of a chunk line; extensions are ignored. */
    private static long size(String line) {
        int zeros = 0;
        while (zeros < line.length() && line.charAt(zeros) == '0') {
            zeros++;
        }
        int end = zeros;
        while (end < line.length() && Character.digit(line.charAt(end), 16) >= 0) {
            end++;
        }
        boolean well = end == line.length() || line.substring(end).strip().startsWith(";");
        if (end == 0 || end - zeros > MOST_CHUNK_DIGITS || !well) {
            throw new FramingException(FramingFault.CHUNK);
        }
        return end == zeros ? 0 : Long.parseLong(line, zeros, end, 16);
    }

    private void skipTrailers() {
        int room = MOST_TRAILER_BYTES;
        for (String line = line(room, FramingFault.TRAILERS); !line.isEmpty(); ) {
            room -= line.length() + 2;
            line = line(room, FramingFault.TRAILERS);
        }
    }

    /** The next line, without its end. */
    private String line(int most, FramingFault fault) {
        StringBuilder line = new StringBuilder();
        for (byte b = need(); b != '\r'; b = skip()) {
            if (b == '\n' || line.length() >= most) {
                throw new FramingException(fault);
            }
            line.append((char) (b & 0xff));
        }
        if (skip() != '\n') {
            throw new FramingException(fault);
        }
        at++;
        return line.toString();
    }

    private byte @Nullable [] others() {
        if (!fill()) {
            return null;
        }
        byte[] rest = at == 0 ? raw : Arrays.copyOfRange(raw, at, raw.length);
        at = raw.length;
        return rest;
    }

    /** The current byte of a body. It is an error when the bytes end here. */
    private byte need() {
        if (at == raw.length) {
            input.await(Awaiting.BODY);
        }
        if (!fill()) {
            throw new FramingException(FramingFault.BROKEN_OFF);
        }
        return raw[at];
    }

    /** Makes a byte available; false at the end. */
    private boolean fill() {
        while (at == raw.length) {
            byte[] more = input.read();
            if (more == null) {
                return false;
            }
            raw = more;
            at = 0;
        }
        return true;
    }

    /** A head of which a part has come. Each line is read once. */
    private static final class HeadBuffer {
        private byte[] bytes = new byte[FIRST_HEAD_BYTES];
        private int size;
        private int lineStart;
        private int lines;
        private int emptyLines;

        /** Takes bytes; true when the head is complete. The bytes behind it stay. */
        boolean take(RequestFraming from) {
            while (from.at < from.raw.length) {
                if (add(from.raw[from.at++])) {
                    return true;
                }
            }
            return false;
        }

        private boolean add(byte b) {
            boolean afterReturn = size > lineStart && bytes[size - 1] == '\r';
            if (afterReturn != (b == '\n') || b == 0) {
                throw new FramingException(FramingFault.LINE_END);
            }
            if (size == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(2 * size, MOST_HEAD_BYTES));
            }
            bytes[size++] = b;
            checkRoom();
            return b == '\n' && endsWithLine();
        }

        private boolean endsWithLine() {
            boolean empty = size - lineStart == 2;
            if (empty && lines == 0) {
                passEmptyLine();
                return false;
            }
            lineStart = size;
            lines++;
            return empty;
        }

        /** RFC 9112, section 2.2: empty lines before a request are passed over. */
        private void passEmptyLine() {
            size = 0;
            if (++emptyLines > MOST_EMPTY_LINES) {
                throw new FramingException(FramingFault.LINE_END);
            }
        }

        private void checkRoom() {
            if (lines == 0 && size > MOST_REQUEST_LINE_BYTES) {
                throw new FramingException(FramingFault.URL_TOO_LONG);
            }
            if (size == MOST_HEAD_BYTES || lines > MOST_HEADERS) {
                throw new FramingException(FramingFault.HEADERS_TOO_LARGE);
            }
        }

        boolean isEmpty() {
            return size == 0;
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, size);
        }
    }
}
