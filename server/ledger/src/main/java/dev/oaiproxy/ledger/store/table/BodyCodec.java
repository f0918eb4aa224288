package dev.oaiproxy.ledger.store.table;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.oaiproxy.ledger.key.MaskingStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Masks the keys in recorded bodies, and compresses them: by zstd, or by gzip where its native code
 * cannot be loaded. Belongs to one thread.
 */
final class BodyCodec implements AutoCloseable {
    /** Faster than the disk; a higher level costs more CPU than the call itself. */
    private static final int LEVEL = -1;

    /** The first byte of a gzip stream; RFC 1952, section 2.3.1. */
    private static final byte GZIP_MAGIC = 0x1f;

    /** A larger buffer is not kept from one body to the next. */
    private static final int LARGEST_KEPT_BYTES = 64 << 10;

    /** More than either format adds to bytes that cannot be compressed. */
    private static final int OVERHEAD_BYTES = 1 << 10;

    private final @Nullable ZstdCompressCtx zstd = context();
    private Buffer plain = new Buffer();

    /** A buffer whose bytes can be read in place. */
    private static final class Buffer extends ByteArrayOutputStream {
        byte[] bytes() {
            return buf;
        }
    }

    private static @Nullable ZstdCompressCtx context() {
        try {
            return new ZstdCompressCtx().setLevel(LEVEL);
        } catch (LinkageError noNativeCode) {
            return null;
        }
    }

    /** The most memory that {@link #encode} takes beside the bytes. */
    static long memory(int bytes) {
        return 3L * bytes + OVERHEAD_BYTES;
    }

    /**
     * Masks and compresses the beginning of a body.
     *
     * @param most the most bytes of it
     */
    byte[] encode(List<ByteBuffer> pieces, int most) {
        plain.reset();
        try {
            mask(pieces, most);
            return zstd == null ? gzip() : zstd(zstd);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        } finally {
            if (plain.bytes().length > LARGEST_KEPT_BYTES) {
                plain = new Buffer();
            }
        }
    }

    private void mask(List<ByteBuffer> pieces, int most) throws IOException {
        int left = most;
        MaskingStream masked = new MaskingStream(plain);
        for (ByteBuffer piece : pieces) {
            int part = Math.min(left, piece.remaining());
            masked.write(piece.array(), piece.arrayOffset() + piece.position(), part);
            left -= part;
        }
        masked.flush();
    }

    private byte[] zstd(ZstdCompressCtx context) {
        byte[] zipped = new byte[Math.toIntExact(Zstd.compressBound(plain.size()))];
        int size =
                context.compressByteArray(zipped, 0, zipped.length, plain.bytes(), 0, plain.size());
        return Arrays.copyOf(zipped, size);
    }

    private byte[] gzip() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            plain.writeTo(out);
        }
        return zipped.toByteArray();
    }

    /** The masked bytes of a body that was encoded by either. */
    static byte[] decode(byte[] encoded) {
        if (encoded.length == 0) {
            return encoded;
        }
        try (InputStream in = new ByteArrayInputStream(encoded)) {
            return encoded[0] == GZIP_MAGIC
                    ? new GZIPInputStream(in).readAllBytes()
                    : Zstd.decompress(encoded);
        } catch (IOException | RuntimeException e) {
            throw new UncheckedIOException(new IOException("a recorded body is damaged", e));
        }
    }

    @Override
    public void close() {
        if (zstd != null) {
            zstd.close();
        }
    }
}
