package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.ResponseReader;

/**
 * Reads the data of one event, which may come in pieces, as JSON. Several lines of data are one
 * JSON text with line ends in between. Other fields and comments are skipped.
 */
final class EventReader {
    private static final byte[] FIELD = "data:".getBytes(US_ASCII);
    private static final byte[] LINE_END = {'\n'};
    private static final int OTHER_FIELD = -1;

    private final ResponseReader reader;

    /** The number of bytes of the field name that have matched; all of them within the value. */
    private int matched;

    private boolean maySkipSpace;

    EventReader(ParsedResponse response) {
        reader = new ResponseReader(response);
    }

    void take(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (isLineEnd(bytes[at])) {
                endLine();
                at++;
            } else if (matched == FIELD.length) {
                at = value(bytes, at, to);
            } else {
                field(bytes[at++]);
            }
        }
    }

    private void endLine() {
        if (matched == FIELD.length) {
            reader.take(LINE_END, 0, LINE_END.length);
        }
        matched = 0;
    }

    private void field(byte b) {
        boolean goesOn = matched != OTHER_FIELD && FIELD[matched] == b;
        matched = goesOn ? matched + 1 : OTHER_FIELD;
        maySkipSpace = matched == FIELD.length;
    }

    private int value(byte[] bytes, int from, int to) {
        int start = maySkipSpace && bytes[from] == ' ' ? from + 1 : from;
        maySkipSpace = false;
        int end = start;
        while (end < to && !isLineEnd(bytes[end])) {
            end++;
        }
        reader.take(bytes, start, end);
        return end;
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    /** Ends the event, and returns its content. */
    ParsedResponse end() {
        reader.close();
        return reader.answer();
    }
}
