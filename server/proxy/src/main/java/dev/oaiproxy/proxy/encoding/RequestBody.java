package dev.oaiproxy.proxy.encoding;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Reads the whole body of a request into memory that is taken from a lease as its bytes come. An
 * encoded body is decoded when all of it is there, so that a slow client holds only what it has
 * sent; what is decoded counts as well, and neither may be larger than the limit.
 */
public final class RequestBody {
    /** The codings that can be undone, as {@code Accept-Encoding} names them. */
    public static final String ACCEPTED = "gzip, deflate, zstd";

    private static final int BUFFER_BYTES = 8 << 10;

    private final Lease lease;
    private final Use use;
    private final int most;

    /** What became of a body. */
    public sealed interface Result {
        /** All of it, as it was before it was encoded. */
        @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
        record Whole(byte[] bytes) implements Result {}

        /** It is larger than it may be. */
        record TooLarge() implements Result {}

        /** It does not fit into what is left of the memory. */
        record NoRoom() implements Result {}

        /** Its bytes are not what its {@code Content-Encoding} says. */
        record Damaged(String codings) implements Result {}

        /** Its {@code Content-Encoding} has a coding that cannot be undone. */
        record UnknownCoding(String name) implements Result {}
    }

    private enum End {
        WHOLE,
        TOO_LARGE,
        NO_ROOM
    }

    /**
     * @param lease gives the memory, and keeps that of a whole body
     * @param most how many bytes a body may have, both as it comes and decoded
     */
    public RequestBody(Lease lease, Use use, int most) {
        this.lease = lease;
        this.use = use;
        this.most = most;
    }

    /**
     * Reads a body to its end.
     *
     * @param announced how many bytes there will be, or 0 when that is not known
     * @param contentEncoding the values of the header
     * @throws IOException when it breaks off
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
        End end = fill(held, in);
        if (end == End.WHOLE && held.size() < announced) {
            throw new EOFException("the request body broke off");
        }
        return end != End.WHOLE || held.size() == 0 || contentCodings.known().isEmpty()
                ? result(end, held)
                : decoded(held, contentCodings);
    }

    /** Grows as bytes come: what is announced costs its sender nothing. */
    private End fill(HeldBytes held, InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (held.size() + n > most) {
                return End.TOO_LARGE;
            }
            if (!held.add(buffer, 0, n)) {
                return End.NO_ROOM;
            }
        }
        return End.WHOLE;
    }

    private Result decoded(HeldBytes encoded, ContentCodings contentCodings) {
        HeldBytes plain = new HeldBytes(lease, use);
        try (InputStream in = contentCodings.decode(encoded.stream(), most)) {
            return result(fill(plain, in), plain);
        } catch (BoundedInputStream.TooLargeException e) {
            return result(End.TOO_LARGE, plain);
        } catch (ContentCoding.MissingCodingException e) {
            return new Result.UnknownCoding(ContentCoding.ZSTD.text());
        } catch (IOException damaged) {
            plain.drop();
            return new Result.Damaged(contentCodings.toString());
        } finally {
            encoded.drop();
        }
    }

    private static Result result(End end, HeldBytes held) {
        byte[] whole = end == End.WHOLE ? held.take() : null;
        if (whole != null) {
            return new Result.Whole(whole);
        }
        held.drop();
        return end == End.TOO_LARGE ? new Result.TooLarge() : new Result.NoRoom();
    }
}
