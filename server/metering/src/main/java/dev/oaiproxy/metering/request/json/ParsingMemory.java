package dev.oaiproxy.metering.request.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * An estimate of the memory that parsing JSON takes beside the body. The parser remembers each new
 * name of a member, so a body of nothing but names would take many times its own size.
 */
public final class ParsingMemory {
    /**
     * The bytes of a name: its text, its hash and its entries in the parser's table and in ours.
     */
    private static final int BYTES_PER_NAME = 200;

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    private static final long COLONS = ':' * ONES;

    private ParsingMemory() {}

    /** Gives an estimate in bytes. */
    public static long of(byte[] body) {
        long names = 0;
        int at = 0;
        while (at <= body.length - Long.BYTES) {
            // Most bytes of a large body are text or base64, eight of which have no colon.
            if (hasColon((long) WORDS.get(body, at))) {
                names += names(body, at, at + Long.BYTES);
            }
            at += Long.BYTES;
        }
        names += names(body, at, body.length);
        return names * BYTES_PER_NAME;
    }

    private static long names(byte[] body, int from, int to) {
        long names = 0;
        for (int at = from; at < to; at++) {
            if (body[at] == ':' && isAfterQuote(body, at)) {
                names++;
            }
        }
        return names;
    }

    private static boolean isAfterQuote(byte[] body, int colon) {
        int at = colon - 1;
        while (at >= 0 && isBlank(body[at])) {
            at--;
        }
        return at >= 0 && body[at] == '"';
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** True if one of eight bytes is a colon; the usual test for a zero byte. */
    private static boolean hasColon(long word) {
        long zeros = word ^ COLONS;
        return ((zeros - ONES) & ~zeros & TOPS) != 0;
    }
}
