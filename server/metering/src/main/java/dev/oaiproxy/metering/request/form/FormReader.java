package dev.oaiproxy.metering.request.form;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.oaiproxy.metering.request.json.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code multipart/form-data} body (RFC 7578) in pieces, and records the names and
 * positions of its parts. The content of a part is searched only for the boundary.
 *
 * <p>It keeps {@link #WINDOW_BYTES} of the body and the names of the parts. A form is refused if
 * another parser might find a boundary where this one finds none, or the other way round.
 */
public final class FormReader {
    /** The most parts. OpenAI accepts up to 500 files in one form. */
    static final int MOST_PARTS = 1000;

    static final int LONGEST_HEAD = 8 << 10;
    static final int WINDOW_BYTES = 16 << 10;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private enum State {
        PREAMBLE,
        HEAD,
        VALUE,
        EPILOGUE
    }

    /** The meaning of bytes that contain the boundary's text. */
    private enum Sight {
        /** The end of a value, and another part after it. */
        DELIMITER,
        /** The end of the last value. */
        LAST_DELIMITER,
        /** A longer text that starts like the boundary and belongs to a value. */
        CONTENT,
        /** Undecided until more bytes arrive. */
        OPEN
    }

    private final byte[] line;
    private final List<MultipartForm.FormPart> parts = new ArrayList<>();
    private final byte[] window = new byte[WINDOW_BYTES];
    private State state = State.PREAMBLE;
    private boolean ended;
    private int filled;
    private int at;

    /** The offset of the window's first byte in the body. */
    private long offset;

    private @Nullable PartHead head;
    private long valueFrom;
    private long firstDelimiter;

    public FormReader(String boundary) {
        this.line = ("--" + boundary).getBytes(ISO_8859_1);
    }

    public void read(byte[] bytes, int from, int to) throws MalformedException {
        int next = from;
        while (next < to) {
            int count = Math.min(to - next, window.length - filled);
            System.arraycopy(bytes, next, window, filled, count);
            filled += count;
            next += count;
            advance();
        }
    }

    /** Ends the body, and returns its parts. */
    public List<MultipartForm.FormPart> end() throws MalformedException {
        ended = true;
        advance();
        if (state != State.EPILOGUE) {
            throw HeaderParameters.odd(
                    state == State.PREAMBLE
                            ? "its boundary does not occur in it"
                            : "it ends inside a part");
        }
        return List.copyOf(parts);
    }

    /** The parts whose headers have been read so far. */
    public List<MultipartForm.FormPart> parts() {
        return parts;
    }

    long firstDelimiter() {
        return firstDelimiter;
    }

    private void advance() throws MalformedException {
        boolean more = true;
        while (more) {
            more = state == State.HEAD ? readHead() : search();
        }
        // The two bytes before the next position tell if a line starts there.
        int keep = Math.max(0, at - 2);
        System.arraycopy(window, keep, window, 0, filled - keep);
        offset += keep;
        filled -= keep;
        at -= keep;
    }

    private boolean readHead() throws MalformedException {
        // If a part has no headers, the line end of the boundary is the first half of the blank
        // line.
        int end = find(HEAD_END, at - 2);
        if ((end < 0 ? filled : end) - at > LONGEST_HEAD) {
            throw HeaderParameters.odd("the headers of a part are too long");
        }
        if (end < 0) {
            return false;
        }
        if (end < at) {
            throw HeaderParameters.odd("a part has no headers");
        }
        head = PartHead.read(new String(window, at, end - at, UTF_8));
        at = end + HEAD_END.length;
        valueFrom = offset + at;
        state = State.VALUE;
        return true;
    }

    /** Searches for the boundary; false if more bytes are needed. */
    private boolean search() throws MalformedException {
        int found = find(line, at);
        if (found < 0) {
            at = Math.max(at, filled - line.length + 1);
            return false;
        }
        at = found;
        switch (sight(found)) {
            case OPEN -> {
                return false;
            }
            case CONTENT -> at++;
            case DELIMITER -> begin(found);
            case LAST_DELIMITER -> finish(found);
        }
        return true;
    }

    private void begin(int found) throws MalformedException {
        endPart(found);
        if (parts.size() == MOST_PARTS) {
            throw HeaderParameters.odd("it has more than " + MOST_PARTS + " parts");
        }
        at = found + line.length + 2;
        state = State.HEAD;
    }

    private void finish(int found) throws MalformedException {
        endPart(found);
        at = found + line.length + 2;
        state = State.EPILOGUE;
    }

    private void endPart(int found) throws MalformedException {
        PartHead ending = head;
        switch (state) {
            case PREAMBLE -> firstDelimiter = offset + found;
            case EPILOGUE -> throw HeaderParameters.odd("its boundary occurs after its end");
            default -> {
                long end = offset + found - 2;
                if (ending == null || end < valueFrom) {
                    throw HeaderParameters.odd("a part begins with the boundary");
                }
                parts.add(new MultipartForm.FormPart(ending.name(), ending.file(), valueFrom, end));
                head = null;
            }
        }
    }

    private Sight sight(int found) throws MalformedException {
        int next = found + line.length;
        if (filled - next < 2 && !ended) {
            return Sight.OPEN;
        }
        boolean last = holds(next, '-') && holds(next + 1, '-');
        boolean another = holds(next, '\r') && holds(next + 1, '\n');
        if ((last || another) && isLineStart(found)) {
            return last ? Sight.LAST_DELIMITER : Sight.DELIMITER;
        }
        boolean longer = next < filled && !last && " \t\r\n".indexOf(window[next]) < 0;
        if (!longer) {
            throw HeaderParameters.odd("its boundary occurs inside a part");
        }
        return Sight.CONTENT;
    }

    private boolean isLineStart(int found) {
        boolean first = offset + found == 0;
        return first || (holds(found - 2, '\r') && holds(found - 1, '\n'));
    }

    private boolean holds(int place, char wanted) {
        return place >= 0 && place < filled && window[place] == wanted;
    }

    private int find(byte[] wanted, int from) {
        for (int i = Math.max(0, from); i <= filled - wanted.length; i++) {
            if (window[i] == wanted[0]
                    && Arrays.equals(window, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }
}
