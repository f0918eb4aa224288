package dev.oaiproxy.proxy.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.HexFormat;
import java.util.List;

/** The body of a response and its end; RFC 9112, sections 6 and 7. */
sealed interface ResponseBody {
    int MOST_LENGTH_DIGITS = 18;
    int MOST_CHUNK_DIGITS = 15;

    /** True for a number without a sign that fits into a long. */
    private static boolean isLength(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MOST_LENGTH_DIGITS;
    }

    /** Reads the bytes that are there; -1 at the proper end. */
    int read(byte[] target) throws IOException;

    /** True once the proper end has been seen. */
    boolean isDone();

    /** True when the connection outlives the body. */
    boolean isDelimited();

    /**
     * The body that a head announces.
     *
     * @throws ProtocolException when the head can be read in two ways; a wrong guess would hand the
     *     rest of one response to the next caller
     */
    static ResponseBody after(ResponseHead head, String method, ByteSource source)
            throws ProtocolException {
        List<String> codings = head.headers().values("Transfer-Encoding");
        List<String> lengths = head.headers().values("Content-Length");
        if (method.equals("HEAD") || head.status() == 204 || head.status() == 304) {
            return new Sized(source, 0);
        }
        if (!codings.isEmpty()) {
            if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
                throw new ProtocolException("an unexpected transfer coding");
            }
            if (!lengths.isEmpty()) {
                throw new ProtocolException("both a length and a transfer coding");
            }
            return new Chunked(source);
        }
        return lengths.isEmpty() ? new Endless(source) : new Sized(source, length(lengths));
    }

    private static long length(List<String> lengths) throws ProtocolException {
        if (lengths.size() > 1 || !isLength(lengths.getFirst())) {
            throw new ProtocolException("not a single valid Content-Length");
        }
        return Long.parseLong(lengths.getFirst());
    }

    /** Reads at most {@code most} bytes, and treats the end of the connection as a break. */
    private static int some(ByteSource source, byte[] target, long most) throws IOException {
        int count = source.read(target, (int) Math.min(target.length, most));
        if (count < 0) {
            throw new EOFException("the connection ended inside a body");
        }
        return count;
    }

    /** A body of known length. */
    final class Sized implements ResponseBody {
        private final ByteSource source;
        private long left;

        Sized(ByteSource source, long length) {
            this.source = source;
            this.left = length;
        }

        @Override
        public int read(byte[] target) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = some(source, target, left);
            left -= count;
            return count;
        }

        @Override
        public boolean isDone() {
            return left == 0;
        }

        @Override
        public boolean isDelimited() {
            return true;
        }
    }

    /** A chunked body; chunk extensions and trailers are skipped. */
    final class Chunked implements ResponseBody {
        private final ByteSource source;
        private long left;
        private boolean inside;
        private boolean done;

        Chunked(ByteSource source) {
            this.source = source;
        }

        @Override
        public int read(byte[] target) throws IOException {
            if (!done && left == 0) {
                startChunk();
            }
            if (done) {
                return -1;
            }
            int count = some(source, target, left);
            left -= count;
            return count;
        }

        private void startChunk() throws IOException {
            source.startLines();
            if (inside && !source.line().isEmpty()) {
                throw new ProtocolException("a chunk longer than its stated size");
            }
            inside = true;
            left = size(source.line());
            if (left == 0) {
                ResponseHead.headers(source);
                done = true;
            }
        }

        private static long size(String line) throws ProtocolException {
            int semicolon = line.indexOf(';');
            String size = (semicolon < 0 ? line : line.substring(0, semicolon)).stripTrailing();
            if (size.isEmpty() || size.length() > MOST_CHUNK_DIGITS) {
                throw new ProtocolException("not the size of a chunk");
            }
            long bytes = 0;
            for (int i = 0; i < size.length(); i++) {
                char digit = size.charAt(i);
                if (!HexFormat.isHexDigit(digit)) {
                    throw new ProtocolException("not the size of a chunk");
                }
                bytes = bytes << 4 | HexFormat.fromHexDigit(digit);
            }
            return bytes;
        }

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public boolean isDelimited() {
            return true;
        }
    }

    /** A body that ends with its connection. */
    final class Endless implements ResponseBody {
        private final ByteSource source;
        private boolean done;

        Endless(ByteSource source) {
            this.source = source;
        }

        @Override
        public int read(byte[] target) throws IOException {
            int count = done ? -1 : source.read(target, target.length);
            done = count < 0;
            return count;
        }

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public boolean isDelimited() {
            return false;
        }
    }
}
