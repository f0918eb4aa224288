package dev.oaiproxy.metering.usage.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Reads one JSON object that comes in pieces, and keeps only the start of the current string. It
 * ignores everything after the end of the object, or after anything that is not JSON.
 */
public final class ResponseReader {
    private final JsonParser in;
    private final ByteArrayFeeder feeder;
    private final ParsedResponse response;
    private final LongStrings strings = new LongStrings();
    private boolean deaf;

    public ResponseReader(ParsedResponse response) {
        try {
            in = ResponseJson.FACTORY.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new UncheckedIOException("a parser of nothing failed", e);
        }
        feeder = (ByteArrayFeeder) in.getNonBlockingInputFeeder();
        this.response = response;
    }

    public ParsedResponse answer() {
        return response;
    }

    public void take(byte[] bytes, int from, int to) {
        if (deaf) {
            return;
        }
        try {
            feed(bytes, from, to);
        } catch (IOException | RuntimeException e) {
            // The bytes are not JSON. The client may still see them, and the result tells of the
            // failure. The parser also throws what it calls an internal error, such as for a space
            // after a byte order mark.
            deaf = true;
        }
        if (deaf) {
            close();
        }
    }

    private void feed(byte[] bytes, int from, int to) throws IOException {
        int at = from;
        while (at < to && !deaf) {
            boolean omitted = strings.omitting();
            int end = strings.endOfRun(bytes, at, to);
            if (!omitted && end > at) {
                feeder.feedInput(bytes, at, end);
                understand();
            }
            at = end;
        }
    }

    private void understand() throws IOException {
        JsonToken token = in.nextToken();
        while (token != null && token != JsonToken.NOT_AVAILABLE) {
            response.take(token, in);
            deaf = response.ended();
            token = deaf ? null : in.nextToken();
        }
    }

    public void close() {
        deaf = true;
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a parser of nothing failed", e);
        }
    }
}
