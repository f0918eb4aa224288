package dev.oaiproxy.metering.request.json;

/**
 * An estimate of the memory that parsing JSON takes beside the body. The parser remembers each new
 * name of a member, so a body of nothing but names would take many times its own size.
 */
public final class ParsingMemory {
    /**
     * The bytes of a name: its text, its hash and its entries in the parser's table and in ours.
     */
    private static final int BYTES_PER_NAME = 200;

    private ParsingMemory() {}

    /** Gives an estimate in bytes. */
    public static long of(byte[] body) {
        long names = 0;
        boolean afterQuote = false;
        for (byte b : body) {
            if (b == ':' && afterQuote) {
                names++;
            }
            boolean blank = b == ' ' || b == '\n' || b == '\r' || b == '\t';
            afterQuote = b == '"' || (afterQuote && blank);
        }
        return names * BYTES_PER_NAME;
    }
}
