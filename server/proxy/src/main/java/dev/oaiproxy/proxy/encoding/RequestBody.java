package dev.oaiproxy.proxy.encoding;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Reads a whole request body into memory that is taken from a lease as its bytes come. An encoded
 * body is decoded once all of it is there, so a slow client occupies memory only for the bytes that
 * it has sent. The decoded bytes count too, and neither form may exceed the limit.
 */
public final class RequestBody {
    /** The supported codings, as {@code Accept-Encoding} names them. */
    public static final String ACCEPTED = "gzip, deflate, zstd";

    private static final int BUFFER_BYTES = 8 << 10;

    private final Lease lease;
    private final Use use;
    private final int most;

    public sealed interface Result {
        /** The whole body, decoded. */
        @SuppressWarnings("ArrayRecordComponent") // Bytes in transit, never compared.
        record Whole(byte[] bytes) implements Result {}

        record TooLarge() implements Result {}

        record NoRoom() implements Result {}

        /** The bytes do not match the {@code Content-Encoding}. */
        record Damaged(String codings) implements Result {}

        /** The {@code Content-Encoding} has an unknown coding. */
        record UnknownCoding(String name) implements Result {}
    }

    private enum ReadEnd {
        WHOLE,
        TOO_LARGE,
        NO_ROOM
    }

    /**
     * @param lease the memory; a whole body stays charged to it
     * @param most the most bytes of a body, both encoded and decoded
     */
    public RequestBody(Lease lease, Use use, int most) {
        this.lease = lease;
        this.use = use;
        this.most = most;
    }

    /**
     * Reads a body to its end.
     *
     * @param announced the announced number of bytes, or 0 when unknown
     * @param contentEncoding the values of the header
     * @throws IOException when the body breaks off
     */
    public Result read(InputStream in, long announced, List<String> contentEncoding)
            throws IOException {
        ContentCodings contentCodings = ContentCodings.of(contentEncoding);
        if (contentCodings.unknown().isPresent()) {
            return new Result.UnknownCoding(contentCodings.unknown().get());
        }
        if (announced > most) {
            return new Result.TooLarge();
        }
        HeldBytes held = new HeldBytes(lease, use, (int) announced);
        ReadEnd end = fill(held, in, buffer(announced));
        if (end == ReadEnd.WHOLE && held.size() < announced) {
            throw new EOFException("the request body ended early");
        }
        return end != ReadEnd.WHOLE || held.size() == 0 || contentCodings.known().isEmpty()
                ? result(end, held)
                : decoded(held, contentCodings);
    }

    /**
     * Reads into memory that grows with the bytes, since a client can announce any length at no
     * cost.
     */
    private ReadEnd fill(HeldBytes held, InputStream in, byte[] buffer) throws IOException {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (held.size() + n > most) {
                return ReadEnd.TOO_LARGE;
            }
            if (!held.add(buffer, 0, n)) {
                return ReadEnd.NO_ROOM;
            }
        }
        return ReadEnd.WHOLE;
    }

    private static byte[] buffer(long announced) {
        return new byte[announced > 0 && announced < BUFFER_BYTES ? (int) announced : BUFFER_BYTES];
    }

    private Result decoded(HeldBytes encoded, ContentCodings contentCodings) {
        HeldBytes plain = new HeldBytes(lease, use);
        try (InputStream in = contentCodings.decode(encoded.stream(), most)) {
            return result(fill(plain, in, buffer(0)), plain);
        } catch (BoundedInputStream.TooLargeException e) {
            return result(ReadEnd.TOO_LARGE, plain);
        } catch (ContentCoding.MissingCodingException e) {
            return new Result.UnknownCoding(ContentCoding.ZSTD.text());
        } catch (IOException damaged) {
            plain.drop();
            return new Result.Damaged(contentCodings.toString());
        } finally {
            encoded.drop();
        }
    }

    private static Result result(ReadEnd end, HeldBytes held) {
        byte[] whole = end == ReadEnd.WHOLE ? held.take() : null;
        if (whole != null) {
            return new Result.Whole(whole);
        }
        held.drop();
        return end == ReadEnd.TOO_LARGE ? new Result.TooLarge() : new Result.NoRoom();
    }
}
