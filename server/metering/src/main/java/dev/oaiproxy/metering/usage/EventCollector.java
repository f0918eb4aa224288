package dev.oaiproxy.metering.usage;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Collects the bytes of a stream of server-sent events until one event is complete: its lines,
 * which end with LF, CR or CR LF, and the empty line after them. Apart from that, it only knows
 * which lines carry data.
 */
final class EventCollector {
    /** The longest event that is collected. No event of OpenAI's comes near it. */
    static final int LONGEST_EVENT = 16 * 1024 * 1024;

    private static final int USUAL_EVENT = 1024;
    private static final int MOST_KEPT_FOR_REUSE = 8 * 1024;

    /** The copies of an event in memory while its buffer grows, or while it is passed on. */
    private static final int COPIES = 2;

    private static final byte[] DATA = {'d', 'a', 't', 'a'};

    private final int longest;
    private final Lease lease;
    private byte[] event = new byte[USUAL_EVENT];
    private int length;
    private long leased;
    private boolean lineIsEmpty = true;
    private boolean afterCarriageReturn;
    private boolean overlong;
    private boolean first = true;

    /**
     * @param lease the source of all memory beyond that of a short event; an event without memory
     *     is overlong
     * @param longest the length above which an event is overlong; the caller may read it in parts
     */
    EventCollector(Lease lease, int longest) {
        this.lease = lease;
        this.longest = longest;
    }

    record Span(int from, int to) {
        static final Span NOTHING = new Span(0, 0);

        int length() {
            return to - from;
        }
    }

    /**
     * Takes one byte if it is the line feed after the carriage return that ended the last event.
     */
    boolean takesRestOfLineEnd(ByteBuffer bytes) {
        boolean rest =
                length == 0
                        && !overlong
                        && afterCarriageReturn
                        && bytes.get(bytes.position()) == '\n';
        if (rest) {
            bytes.get();
            afterCarriageReturn = false;
        }
        return rest;
    }

    /** Takes bytes up to the end of the event; true if the end is among them. */
    boolean take(ByteBuffer bytes) {
        int from = bytes.position();
        boolean whole = false;
        int to = from;
        while (to < bytes.limit() && !whole) {
            int lineEnd = lineEnd(bytes, to);
            if (lineEnd > to) {
                lineIsEmpty = false;
                afterCarriageReturn = false;
                to = lineEnd;
            } else {
                whole = endsWith(bytes.get(to++));
            }
        }
        append(bytes, to - from);
        return whole;
    }

    /** The index of the next CR or LF, or the limit. */
    private static int lineEnd(ByteBuffer bytes, int from) {
        int at = from;
        while (at < bytes.limit() && bytes.get(at) != '\n' && bytes.get(at) != '\r') {
            at++;
        }
        return at;
    }

    private boolean endsWith(byte b) {
        boolean restOfLineEnd = afterCarriageReturn && b == '\n';
        afterCarriageReturn = b == '\r';
        if (restOfLineEnd) {
            return false;
        }
        boolean lineEnd = b == '\n' || b == '\r';
        boolean eventEnd = lineEnd && lineIsEmpty;
        lineIsEmpty = lineEnd;
        return eventEnd;
    }

    private void append(ByteBuffer bytes, int count) {
        overlong |= length + count > longest;
        if (length + count > event.length) {
            grow(length + count);
        }
        bytes.get(event, length, count);
        length += count;
    }

    /**
     * Grows the buffer. Bytes that have arrived are kept until they are passed on, even without
     * memory for them.
     */
    private void grow(int needed) {
        int capacity = Math.max(needed, 2 * event.length);
        long more = (long) COPIES * (capacity - event.length);
        if (!overlong && lease.take(Use.RESPONSE, more)) {
            leased += more;
        } else {
            overlong = true;
            capacity = needed;
        }
        event = Arrays.copyOf(event, capacity);
    }

    /**
     * True if the event is too long to be read at once. The caller can take the collected bytes.
     */
    boolean overlong() {
        return overlong;
    }

    /** The collected bytes, of which only the first {@link #length} are valid. */
    byte[] event() {
        return event;
    }

    int length() {
        return length;
    }

    /** Drops the collected bytes. The event continues. */
    void drop() {
        length = 0;
        if (event.length > MOST_KEPT_FOR_REUSE || overlong) {
            event = new byte[USUAL_EVENT];
            lease.give(leased);
            leased = 0;
        }
    }

    void next() {
        drop();
        overlong = false;
        first = false;
        lineIsEmpty = true;
    }

    /** The lines of data in the event, without the field name. */
    List<Span> data() {
        List<Span> lines = new ArrayList<>(1);
        int from = start();
        for (int to = from; to <= length; to++) {
            if (to == length || event[to] == '\n' || event[to] == '\r') {
                addData(lines, from, to);
                from = to + 1;
            }
        }
        return lines;
    }

    /** The lines of data, each followed by a line end. */
    byte[] joined(List<Span> lines) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (Span line : lines) {
            joined.write(event, line.from(), line.length());
            joined.write('\n');
        }
        return joined.toByteArray();
    }

    private void addData(List<Span> lines, int from, int to) {
        int colon = from + DATA.length;
        boolean named = colon < to && Arrays.equals(event, from, colon, DATA, 0, DATA.length);
        if (named && event[colon] == ':') {
            int value = colon + 1;
            lines.add(new Span(value < to && event[value] == ' ' ? value + 1 : value, to));
        }
    }

    /** The start of the event's lines, after the byte order mark that a stream may have. */
    int start() {
        return first && startsWithMark() ? 3 : 0;
    }

    private boolean startsWithMark() {
        return length >= 3
                && event[0] == (byte) 0xEF
                && event[1] == (byte) 0xBB
                && event[2] == (byte) 0xBF;
    }
}
