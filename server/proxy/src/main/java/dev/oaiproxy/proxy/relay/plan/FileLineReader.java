package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.metering.request.json.ParsingMemory;
import dev.oaiproxy.metering.usage.LineSplitter;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads a file at OpenAI line by line, and keeps one line at a time. */
final class FileLineReader {
    /** Memory per byte of a line, since the body of its request is copied out of it. */
    private static final long COPIES = 2;

    private final int longestLine;
    private final long largestFile;
    private final Lease lease;
    private final LineSplitter lines;

    /** Memory of the line that was returned last. */
    private long given;

    private boolean tooLarge;

    /**
     * @param longestLine in bytes
     * @param largestFile in bytes
     * @param lease the memory for a line, which is given back when the next is read
     */
    FileLineReader(UpstreamResponse response, int longestLine, long largestFile, Lease lease) {
        this.lines = new LineSplitter(response.body());
        this.longestLine = longestLine;
        this.largestFile = largestFile;
        this.lease = lease;
    }

    /**
     * Reads the next line; null at the end, and when the line or the file is too large.
     *
     * @throws NoRoomException when there is no memory for it
     */
    byte @Nullable [] next() throws IOException {
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
            if (line.size() > longestLine || lines.bytesRead() > largestFile) {
                line.drop();
                tooLarge = true;
                return null;
            }
        }
        return any ? whole(line) : null;
    }

    /** Takes the line, and the memory for parsing it. */
    private byte[] whole(HeldBytes line) {
        byte[] whole = line.demand();
        given = whole.length;
        long memory = ParsingMemory.of(whole) + COPIES * whole.length;
        lease.require(Use.REQUEST, memory);
        given += memory;
        return whole;
    }

    /** True when reading has ended at a line or a file that is too large. */
    boolean isTooLarge() {
        return tooLarge;
    }

    static boolean isBlank(byte[] line) {
        return LineSplitter.isBlank(line, 0, line.length);
    }
}
