package dev.oaiproxy.proxy.encoding;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** A content coding of request bodies. */
enum ContentCoding {
    GZIP,
    DEFLATE,
    ZSTD;

    /** The largest window that encoders may use: 8 MiB; RFC 9659. */
    private static final int ZSTD_WINDOW_LOG = 23;

    /** The method "deflate" in the first byte of zlib's format; RFC 1950, section 2.2. */
    private static final int ZLIB_METHOD = 8;

    private static final int ZLIB_CHECK = 31;
    private static final int BUFFER_BYTES = 8 << 10;

    /** Finds the coding of a name in lower case. */
    static Optional<ContentCoding> named(String name) {
        return switch (name) {
            case "gzip", "x-gzip" -> Optional.of(GZIP);
            case "deflate" -> Optional.of(DEFLATE);
            case "zstd" -> Optional.of(ZSTD);
            default -> Optional.empty();
        };
    }

    /** The name of the coding in {@code Content-Encoding}. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Decodes a stream.
     *
     * @throws MissingCodingException when this machine cannot decode it
     * @throws IOException when its beginning is damaged
     */
    InputStream decode(InputStream encoded) throws IOException {
        return switch (this) {
            case GZIP -> new GZIPInputStream(encoded, BUFFER_BYTES);
            case DEFLATE -> inflate(new PushbackInputStream(encoded, 2));
            case ZSTD -> unzstd(encoded);
        };
    }

    /** Some clients send raw deflate instead of zlib's format; RFC 9110, section 8.4.1.2. */
    private static InputStream inflate(PushbackInputStream encoded) throws IOException {
        byte[] start = encoded.readNBytes(2);
        encoded.unread(start);
        boolean zlib =
                start.length == 2
                        && (start[0] & 0x0f) == ZLIB_METHOD
                        && ((start[0] & 0xff) << 8 | (start[1] & 0xff)) % ZLIB_CHECK == 0;
        return new Inflating(encoded, new Inflater(!zlib));
    }

    private static InputStream unzstd(InputStream encoded) throws IOException {
        try {
            return new ZstdInputStreamNoFinalizer(encoded).setLongMax(ZSTD_WINDOW_LOG);
        } catch (LinkageError noNativeCode) {
            throw new MissingCodingException(noNativeCode);
        }
    }

    /** Frees the memory of its inflater when it is closed. */
    private static final class Inflating extends InflaterInputStream {
        Inflating(InputStream encoded, Inflater inflater) {
            super(encoded, inflater, BUFFER_BYTES);
        }

        @Override
        public void close() throws IOException {
            super.close();
            inf.end();
        }
    }

    /** The native code of a coding cannot be loaded here. */
    static final class MissingCodingException extends IOException {
        private static final long serialVersionUID = 1L;

        MissingCodingException(LinkageError cause) {
            super(cause);
        }
    }
}
