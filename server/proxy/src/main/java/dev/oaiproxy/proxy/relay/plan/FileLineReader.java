package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.metering.request.json.ParsingMemory;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;

/** The lines of a file at OpenAI, one after the other as they come; never more than one is kept. */
final class FileLineReader {
    /** The body of its request is copied out of a line. */
    private static final long COPIES = 2;

    private final UpstreamResponse response;
    private final Bounds bounds;
    private final Lease lease;
    private final byte[] buffer = new byte[64 << 10];
    private int at;
    private int filled;
    private long read;

    /** What the line that was given last takes of the lease. */
    private long given;

    /** How many bytes a line, and the whole file, may have. */
    record Bounds(int line, long file) {}

    /** What comes next. */
    sealed interface Next {
        @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
        record Line(byte[] bytes) implements Next {}

        record End() implements Next {}

        /** The line, or the file, is larger than it may be. */
        record TooLarge() implements Next {}
    }

    /**
     * @param lease what a line is taken from; it is given back when the next is asked for
     */
    FileLineReader(UpstreamResponse response, Bounds bounds, Lease lease) {
        this.response = response;
        this.bounds = bounds;
        this.lease = lease;
    }

    /**
     * Reads the next line.
     *
     * @throws NoRoomException when there is no memory for it
     */
    Next next() throws UpstreamException {
        lease.give(given);
        given = 0;
        HeldBytes line = new HeldBytes(lease, Use.REQUEST);
        boolean any = false;
        while (fill()) {
            any = true;
            int end = lineEnd();
            require(line.add(buffer, at, end - at));
            boolean whole = end < filled;
            at = whole ? end + 1 : end;
            if (line.size() > bounds.line() || read > bounds.file()) {
                line.drop();
                return new Next.TooLarge();
            }
            if (whole) {
                break;
            }
        }
        return any ? line(line) : new Next.End();
    }

    /** A line, and what reading it takes beside it. */
    private Next line(HeldBytes line) {
        byte[] whole = line.demand();
        given = whole.length;
        long memory = ParsingMemory.of(whole) + COPIES * whole.length;
        require(lease.take(Use.REQUEST, memory));
        given += memory;
        return new Next.Line(whole);
    }

    private static void require(boolean fits) {
        if (!fits) {
            throw new NoRoomException();
        }
    }

    private boolean fill() throws UpstreamException {
        if (at == filled) {
            at = 0;
            filled = Math.max(0, response.read(buffer));
            read += filled;
        }
        return at < filled;
    }

    private int lineEnd() {
        int end = at;
        while (end < filled && buffer[end] != '\n') {
            end++;
        }
        return end;
    }

    /** Whether there is nothing on a line. */
    static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b > ' ' || b < 0) {
                return false;
            }
        }
        return true;
    }
}
