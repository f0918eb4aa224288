package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.metering.request.json.ParsingMemory;
import dev.oaiproxy.metering.usage.LineSplitter;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;

/** Reads a file at OpenAI line by line, and keeps one line at a time. */
final class FileLineReader {
    /** The body of its request is copied out of a line. */
    private static final long COPIES = 2;

    private final Bounds bounds;
    private final Lease lease;
    private final LineSplitter lines;

    /** Memory of the line that was returned last. */
    private long given;

    /** The most bytes of a line, and of the whole file. */
    record Bounds(int line, long file) {}

    sealed interface Next {
        @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
        record Line(byte[] bytes) implements Next {}

        record End() implements Next {}

        /** The line, or the file, is larger than it may be. */
        record TooLarge() implements Next {}
    }

    /**
     * @param lease the memory for a line, which is given back when the next is read
     */
    FileLineReader(UpstreamResponse response, Bounds bounds, Lease lease) {
        this.lines = new LineSplitter(response.body());
        this.bounds = bounds;
        this.lease = lease;
    }

    /**
     * Reads the next line.
     *
     * @throws NoRoomException when there is no memory for it
     */
    Next next() throws IOException {
        lease.give(given);
        given = 0;
        HeldBytes line = new HeldBytes(lease, Use.REQUEST);
        boolean any = false;
        boolean whole = false;
        while (!whole && lines.next()) {
            any = true;
            whole = lines.endsLine();
            if (!line.add(lines.buffer(), lines.start(), lines.end() - lines.start())) {
                throw new NoRoomException();
            }
            if (line.size() > bounds.line() || lines.bytesRead() > bounds.file()) {
                line.drop();
                return new Next.TooLarge();
            }
        }
        return any ? line(line) : new Next.End();
    }

    /** Takes the memory for reading a line. */
    private Next line(HeldBytes line) {
        byte[] whole = line.demand();
        given = whole.length;
        long memory = ParsingMemory.of(whole) + COPIES * whole.length;
        lease.require(Use.REQUEST, memory);
        given += memory;
        return new Next.Line(whole);
    }

    static boolean isBlank(byte[] line) {
        return LineSplitter.isBlank(line, 0, line.length);
    }
}
