package dev.oaiproxy.ledger.store.table;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdInputStream;
import dev.oaiproxy.ledger.key.MaskingStream;
import dev.oaiproxy.ledger.key.Redaction;
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
    private final byte[] scratch = new byte[LARGEST_KEPT_BYTES];
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
        ByteBuffer only = pieces.size() == 1 ? pieces.getFirst() : null;
        if (only != null && zstd != null && !mayHaveKey(only, most)) {
            int count = Math.min(most, only.remaining());
            return zstd(zstd, only.array(), only.arrayOffset() + only.position(), count);
        }
        MaskingStream masking = new MaskingStream(plain);
        return encoded(
                () -> {
                    mask(masking, pieces, most);
                    masking.flush();
                });
    }

    /**
     * Masks and compresses a piece of a body, of which another follows.
     *
     * @param masking the same for all pieces, since a key may go on in the next one
     */
    byte[] encodePiece(MaskingStream masking, List<ByteBuffer> pieces) {
        return encoded(
                () -> {
                    masking.redirect(plain);
                    mask(masking, pieces, Integer.MAX_VALUE);
                });
    }

    /** Masks and compresses the last piece of a body. */
    byte[] encodeLast(MaskingStream masking, List<ByteBuffer> pieces) {
        return encoded(
                () -> {
                    masking.redirect(plain);
                    mask(masking, pieces, Integer.MAX_VALUE);
                    masking.flush();
                });
    }

    /** Fills the buffer. */
    private interface Filling {
        void run() throws IOException;
    }

    private byte[] encoded(Filling filling) {
        plain.reset();
        try {
            filling.run();
            return zstd == null ? gzip() : zstd(zstd, plain.bytes(), 0, plain.size());
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        } finally {
            if (plain.bytes().length > LARGEST_KEPT_BYTES) {
                plain = new Buffer();
            }
        }
    }

    private static void mask(MaskingStream masking, List<ByteBuffer> pieces, int most)
            throws IOException {
        int left = most;
        for (ByteBuffer piece : pieces) {
            int part = Math.min(left, piece.remaining());
            masking.write(piece.array(), piece.arrayOffset() + piece.position(), part);
            left -= part;
        }
    }

    private static boolean mayHaveKey(ByteBuffer bytes, int most) {
        int from = bytes.arrayOffset() + bytes.position();
        return Redaction.mayHaveKey(bytes.array(), from, from + Math.min(most, bytes.remaining()));
    }

    private byte[] zstd(ZstdCompressCtx context, byte[] bytes, int from, int count) {
        int bound = Math.toIntExact(Zstd.compressBound(count));
        byte[] target = bound <= scratch.length ? scratch : new byte[bound];
        int size = context.compressByteArray(target, 0, target.length, bytes, from, count);
        return Arrays.copyOf(target, size);
    }

    private byte[] gzip() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            plain.writeTo(out);
        }
        return zipped.toByteArray();
    }

    /** The masked bytes of a body that was encoded by either, as a whole or in pieces. */
    static byte[] decode(byte[] encoded) {
        if (encoded.length == 0) {
            return encoded;
        }
        try (InputStream in = new ByteArrayInputStream(encoded)) {
            return encoded[0] == GZIP_MAGIC
                    ? new GZIPInputStream(in).readAllBytes()
                    : new ZstdInputStream(in).readAllBytes();
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
